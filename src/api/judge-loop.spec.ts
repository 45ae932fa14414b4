import { describe, expect, it } from 'vitest';
import { judgeLoop, type LoopFacts, type LoopPart } from './judge-loop.js';

const NOW = 10_000_000;
const catalogue: LoopFacts['catalogue'] = {
  version: 'v1',
  loadedAt: NOW - 3_600_000,
  lastAttemptAt: NOW - 60_000,
  problems: [],
  runbooks: 5,
  resting: 0,
};
const well: LoopFacts = { now: NOW, canaryAt: NOW - 7_000, oldestDueMs: 0, catalogue };
const part = (name: LoopPart['part'], change: Partial<LoopFacts>): LoopPart | undefined =>
  judgeLoop({ ...well, ...change }).find((one) => one.part === name);

describe('the health of the loop', () => {
  it('says of every part that it is well', () => {
    expect(judgeLoop(well).map(({ is }) => is)).toEqual(['well', 'well', 'well', 'well']);
    expect(part('workers', {})?.says).toBe('The last canary came through 7 s ago.');
    expect(part('runbooks', {})?.says).toBe('5 in force, read 1 h ago.');
  });

  it.each([
    [30_000, 'well'],
    [30_001, 'broken'],
  ])('a canary of %i ms ago: %s', (age, is) => expect(part('workers', { canaryAt: NOW - age })?.is).toBe(is));

  it('doubts workers of which none has ever answered', () => {
    const { canaryAt: _none, ...facts } = well;
    expect(judgeLoop(facts)[0]).toMatchObject({ is: 'doubtful', says: expect.stringContaining('has answered yet') });
  });

  it.each([
    [5_000, 'well'],
    [5_001, 'broken'],
  ])('a wake-up that is %i ms late: %s', (oldestDueMs, is) => expect(part('wake-ups', { oldestDueMs })?.is).toBe(is));

  it.each([
    [1_000, 'well'],
    [1_001, 'doubtful'],
  ])('%i jobs in the queue: %s', (waiting, is) => expect(part('queue', { queue: { waiting } })?.is).toBe(is));

  it('says nothing of a queue that does not answer', () => expect(part('queue', {})).toBeUndefined());

  it('I12: names what is wrong with a refused edition, and that the old one stays in force', () => {
    const problems = [1, 2, 3].map((line) => ({ file: 'a.yaml', line, column: 3, message: 'is wrong' }));
    expect(part('runbooks', { catalogue: { ...catalogue, problems } })).toEqual({
      part: 'runbooks',
      is: 'doubtful',
      says: expect.stringMatching(
        /^The newest edition was refused 1 min ago, the one of 1 h ago stays in force\. a\.yaml:1.* \(and 2 more\)\. /,
      ),
    });
  });

  it('says that without runbooks nothing can happen, and that some rest', () => {
    expect(part('runbooks', { catalogue: { ...catalogue, runbooks: 0 } })?.is).toBe('doubtful');
    expect(part('runbooks', { catalogue: { ...catalogue, resting: 2 } })?.says).toContain('2 rest until');
  });

  it('says when the last alert came and from whom; silence is no fault', () => {
    expect(part('alerts', {})).toMatchObject({ is: 'well', says: 'None has come yet.' });
    const lastAlert = { at: NOW - 86_400_000, source: 'alertmanager' };
    expect(part('alerts', { lastAlert })).toMatchObject({
      is: 'well',
      says: 'The last one came 1 d ago, from alertmanager.',
    });
  });
});
