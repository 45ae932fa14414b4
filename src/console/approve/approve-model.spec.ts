import { describe, expect, it } from 'vitest';
import { LOCAL } from '../../access/person.js';
import { whyExecution } from '../../api/why-execution.js';
import type { Execution } from '../../core/execution.js';
import { STORIES } from '../../testing/course-stories.js';
import { opened, play, T0, type Course } from '../../testing/courses.js';
import { approveModel } from './approve-model.js';

const NOW = T0 + 600_000;

function modelOf(name: string, change: Partial<Execution> = {}, lapsed: readonly string[] = []) {
  const story: Course = STORIES[name] ?? { execution: opened(name), happened: [] };
  const { execution, journal } = play({ ...story, execution: { ...story.execution, ...change } });
  const why = whyExecution({ execution, journal, pauses: [] }, NOW);
  return approveModel({ execution, journal, why, siblings: [], letters: [], own: false, lapsed, now: NOW }, LOCAL);
}

describe('the question', () => {
  it.each<[string, string, Partial<Execution>, string]>([
    ['the runbook is to ask', 'waiting', {}, 'it runs in mode approve and changes nothing without one'],
    ['the plan asks', 'stuck', {}, 'the plan itself asks for a person'],
    ['somebody started it', 'by-hand', {}, 'local asked for it (manual)'],
    ['a storm goes on', 'waiting', { reason: 'storm cut-over|: traffic/a, traffic/b' }, 'a storm goes on'],
    [
      'the runbook lost trust',
      'waiting',
      { lowered: { from: 'auto', to: 'approve', why: 'harmful', detail: 'since e7' } },
      'cut-over may not act by itself any more: it did harm (since e7)',
    ],
  ])('says why it is asked when %s', (_when, name, change, words) => {
    expect(modelOf(name, change).because).toContain(words);
  });

  it('says until when, how much time is left, and what happens then', () => {
    expect(modelOf('waiting').question).toMatchObject({
      expiresAt: T0 + 3_602_000,
      left: '50 min 2 s',
      after: 'it is closed and nothing is changed',
      who: 'one person who may approve',
      missing: '0 of 1 approvals',
      approves: true,
      rejects: true,
    });
  });

  it('names who has agreed, and whose agreement does not count any more', () => {
    const [grant] = modelOf('one-of-two', {}, ['ann']).question?.grants ?? [];
    expect(grant).toMatchObject({ by: 'ann', reason: 'b is idle, and the business agrees', lapsed: true });
    expect(modelOf('one-of-two').question?.grants[0]?.lapsed).toBe(false);
  });

  it('says what changed since it was agreed to, and who had agreed to that', () => {
    const { question, decisions } = modelOf('changed');
    expect(question?.changed).toContain(
      'step switch: dns shop.example.com A: from "192.0.2.10" to "203.0.113.5", was from "192.0.2.10" to "198.51.100.20"',
    );
    expect(question?.grants).toEqual([]);
    expect(decisions.map(({ says }) => says)).toEqual([
      'ann agreed to the plan (it was asked again since, and this counts no more)',
    ]);
  });

  it('says first what cannot be taken back and what the person decides', () => {
    const { plan, question } = modelOf('stuck');
    expect([plan?.stuck, question?.asks]).toEqual([['switch'], ['switch: writes of up to 0.4 s may be lost']]);
  });

  it('has the table of scores when a centre was chosen', () => {
    expect(
      modelOf('waiting').choice?.rows.map(({ center, score, chosen, ruledOut }) => [center, score, chosen, ruledOut]),
    ).toEqual([
      ['b', '0.95', true, ''],
      ['c', '0.55', false, ''],
      ['d', 'ruled out', false, 'it is down: its health is 0'],
    ]);
  });

  it.each(['running', 'held', 'expired', 'rejected', 'succeeded'])('is none for one that is %s', (name) => {
    expect(modelOf(name).question).toBeNull();
  });

  it('tells who decided what once it is over', () => {
    expect(modelOf('rejected').decisions).toMatchObject([
      { says: 'bob said no: a is coming back by itself', from: 'token:bob by token from 192.0.2.8', person: true },
    ]);
    expect(modelOf('expired').decisions).toMatchObject([{ says: 'nobody decided in time', person: false }]);
  });
});
