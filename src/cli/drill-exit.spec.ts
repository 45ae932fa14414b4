import { describe, expect, it } from 'vitest';
import { secretOf } from './drill-exit.js';

describe('how a drill leaves', () => {
  it('A6: a secret that nobody has set keeps a drill from being held: it is not sent without one', () => {
    expect(() => secretOf('NOBODY_SETS_THIS')).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('NOBODY_SETS_THIS is not set') }),
    );
  });
});
