import { describe, expect, it } from 'vitest';
import { killedAt, type Point } from './killed-cut-over.js';

/** A few points; killed-cut-over.long.spec.ts has all of them. */
const POINTS: readonly Point[] = [
  ['after-apply', 1],
  ['before-apply', 3],
  ['after-apply', 3],
];

describe('kill -9 of the worker in the middle of a cut-over with data', () => {
  it.each(POINTS)(
    'I4, I5, I14: %s of step %i: it goes on, is served by one side, and nothing acknowledged is lost',
    async (...point) => {
      const said = await killedAt(point);
      console.log(`killed ${said}`);
      expect(said).toMatch(/closed succeeded, primary b/);
    },
    150_000,
  );
});
