import { describe, expect, it } from 'vitest';
import { killedAt, type Point } from './killed-cut-over.js';

const STEPS = [1, 2, 3, 4, 5, 6];
const REVERTED = [1, 2, 3, 4];

const POINTS: readonly Point[] = [
  ...STEPS.flatMap((nth): Point[] => [
    ['before-apply', nth],
    ['after-apply', nth],
  ]),
  ...REVERTED.flatMap((nth): Point[] => [
    ['before-revert', nth],
    ['after-revert', nth],
  ]),
];

describe('kill -9 of the worker at every boundary of a cut-over with data', () => {
  it.each(POINTS)(
    'I4, I5, I6: %s of step %i: one side serves and nothing acknowledged is lost, or a person is told',
    async (...point) => {
      const said = await killedAt(point);
      console.log(`killed ${said}`);
      expect(said).toMatch(/: (closed|held) /);
    },
    200_000,
  );
});
