import { describe, expect, it } from 'vitest';
import type { Event } from '../../core/event.js';
import type { Sample } from '../../core/runbook.js';
import { STORIES } from '../../testing/course-stories.js';
import { Happening, opened, play, T0, twoPlans, type Course } from '../../testing/courses.js';
import { linkOf } from './alert-model.js';
import { chartModel } from './chart-model.js';
import { journalModel, MOST_ENTRIES } from './journal-model.js';
import { journalSentence } from './journal-sentence.js';
import { MOST_CHANGES, planModel } from './plan-model.js';
import { timelineModel } from './timeline-model.js';
import { visible } from '../visible.js';
import { valueText } from './value-text.js';

const storyOf = (name: string): Course => STORIES[name] ?? { execution: opened(name), happened: [] };

describe('the timeline', () => {
  const timelineOf = (name: string) => {
    const { execution, journal } = play(storyOf(name));
    return timelineModel(execution, journal, T0 + 1_200_000);
  };

  it('has the moments in their order, with the time between two of them', () => {
    expect(timelineOf('succeeded').stages.map(({ name, after }) => [name, after])).toEqual([
      ['alert began', ''],
      ['received', '1 min 31 s'],
      ['decided and opened', '4 s'],
      ['planned', '2 s'],
      ['approved', '6 min 38 s'],
      ['first effect', '4 s'],
      ['applied', '3 s'],
      ['verified', '21 s'],
      ['closed', '0 ms'],
    ]);
  });

  it('counts an approval only when it was enough', () => {
    expect(timelineOf('one-of-two').stages.map(({ name }) => name)).not.toContain('approved');
    expect(timelineOf('agreed').stages.map(({ name }) => name)).toContain('approved');
    expect(timelineOf('changed').stages.map(({ name }) => name)).not.toContain('approved');
  });

  it.each(Object.keys(STORIES))('draws a bar that is full, with no piece outside of it (%s)', (name) => {
    const { segments, stages } = timelineOf(name);
    expect(segments).toHaveLength(stages.length - 1);
    const ends = segments.map(({ x, width }) => x + width);
    expect(Math.max(...ends)).toBeGreaterThanOrEqual(998);
    expect(Math.max(...ends)).toBeLessThanOrEqual(1_001);
    expect(segments.every(({ x, width }, i) => width >= 1 && x >= (segments[i - 1]?.x ?? 0))).toBe(true);
  });

  it('goes on until now while the execution does', () => {
    expect(timelineOf('verifying').stages.at(-1)).toMatchObject({ name: 'now', at: T0 + 1_200_000 });
    expect(timelineOf('failed').stages.at(-1)).toMatchObject({ name: 'closed' });
  });

  it('bears an alert that by its own clock began after it was received', () => {
    const execution = opened('skewed', { timeline: { startsAt: T0 + 5_000, receivedAt: T0, openedAt: T0 } });
    const { stages, segments } = timelineModel(execution, [], T0 + 10_000);
    expect(stages.map(({ name }) => name)).toEqual(['received', 'decided and opened', 'alert began', 'now']);
    expect(segments.every(({ width }) => width > 0)).toBe(true);
  });
});

describe('the chart of a verification', () => {
  const sample = (at: number, status: Sample['status'], value?: number): Sample => {
    return { at, status, detail: status, ...(value === undefined ? {} : { value }) };
  };
  const order = (healthy: string) => ({
    probe: 'prometheus/query',
    with: { query: 'up', healthy },
    limits: { everyMs: 1, healthy: 1, unhealthy: 1, unknown: 1, withinMs: 1 },
  });
  const draw = (samples: readonly Sample[], healthy = '> 10') =>
    chartModel({ title: 't', order: order(healthy), samples, verdict: 'pending', baseline: [] });

  it('says by shape how each sample was, and draws the limit among the values', () => {
    const { marks, limit } = draw([sample(0, 'unhealthy', 0), sample(50, 'unknown'), sample(100, 'healthy', 20)]);
    expect(marks.map(({ shape }) => shape)).toEqual(['cross', 'diamond', 'circle']);
    expect(limit.text).toBe('> 10');
    expect(limit.y).toBeGreaterThan(marks[2]?.y ?? 0);
    expect(limit.y).toBeLessThan(marks[0]?.y ?? 0);
  });

  it.each([
    ['nothing', []],
    ['one sample', [sample(5, 'healthy', 1)]],
    ['equal values', [sample(5, 'healthy', 10), sample(6, 'healthy', 10)]],
    ['no values', [sample(5, 'error'), sample(6, 'unknown')]],
    ['no number', [sample(5, 'unhealthy', Number.NaN), sample(6, 'unhealthy', Infinity)]],
    ['very large ones', [sample(5, 'healthy', 1e300), sample(6, 'unhealthy', -1e300)]],
    ['very many', Array.from({ length: 5_000 }, (_, i) => sample(i, 'healthy', i))],
  ])('stays within its frame, with %s', (_what, samples) => {
    const { marks, limit, rows, line } = draw(samples);
    for (const { x, y } of marks) {
      expect(x).toBeGreaterThanOrEqual(44);
      expect(x).toBeLessThanOrEqual(350);
      expect(y).toBeGreaterThanOrEqual(10);
      expect(y).toBeLessThanOrEqual(134);
    }
    expect(limit.y).toEqual(expect.any(Number));
    expect(line).not.toMatch(/NaN|Infinity/);
    expect(rows.length).toBeLessThanOrEqual(50);
    expect(marks.length).toBeLessThanOrEqual(200);
  });

  it('draws no limit that the probe does not say as a comparison', () => {
    expect(draw([sample(0, 'healthy', 1)], 'yes').limit).toEqual({ text: '', y: null });
  });

  it('has what must not get worse, as it was and as it is', () => {
    const guard = { name: 'errors', at: 1, status: 'healthy', detail: '0 %' } as const;
    const samples = [
      { ...sample(0, 'healthy', 1), guards: [{ ...guard, status: 'unhealthy', detail: '7 %' } as const] },
    ];
    const { guards } = chartModel({ title: 't', order: undefined, samples, verdict: 'worse', baseline: [guard] });
    expect(guards).toEqual([{ name: 'errors', before: 'healthy: 0 %', now: 'unhealthy: 7 %' }]);
  });
});

describe('the plan', () => {
  it('I15: is bounded, and says how much more there is', () => {
    const model = planModel(play(storyOf('big')).execution);
    expect(model?.steps.flatMap(({ changes }) => changes)).toHaveLength(MOST_CHANGES);
    expect(model?.steps.map(({ more }) => more)).toEqual([0, 5_001 - MOST_CHANGES]);
    expect(model).toMatchObject({ count: 5_001, moreBack: 5_001 - 50 });
  });

  it('names what cannot be taken back, and does not say how it would be', () => {
    const story = new Happening(opened('x')).planned(1, twoPlans({ reversible: false })).course;
    const model = planModel(play(story).execution);
    expect(model?.stuck).toEqual(['switch']);
    expect(model?.back.map(({ resource }) => resource)).toEqual(['haproxy shop/a']);
  });

  it('S5: writes out what turns the direction of writing or cannot be seen, and cuts what is very long', () => {
    expect(valueText('a\u202eb')).toBe('"a\\u202eb"');
    expect(visible('shop\u200b\u0000')).toBe('shop\\u200b\\u0000');
    expect(visible('ümläut\n日本')).toBe('ümläut\n日本');
    expect(valueText('😀'.repeat(500))).toHaveLength(200);
    expect(valueText('x'.repeat(198) + '😀')).not.toMatch(/[\uD800-\uDBFF]…/);
  });
});

describe('the journal', () => {
  it('says every event of every story in words, with its step', () => {
    const { execution, journal } = play(storyOf('failed'));
    expect(journalModel(execution, journal).entries.map(({ says }) => says)).toEqual([
      'step drain is taken back',
      'taking back step drain is begun by worker-1',
      'step switch is taken back',
      'taking back step switch is begun by worker-1',
      'step switch did not take: HAProxy answered: no such server',
      'step switch is begun by worker-1',
      'step drain is done',
      'step drain is begun by worker-1',
      'planned: 3 changes in 2 steps',
      'ann agreed to the plan',
      'planned: 3 changes in 2 steps',
      'opened for alertmanager (alert), in mode approve',
    ]);
  });

  it.each<[Event, string]>([
    [{ type: 'lease-extended' }, 'its lease is extended, because the alert still fires'],
    [{ type: 'revert-asked', by: 'ann', reason: 'too slow' }, 'ann asked to take it back: too slow'],
    [{ type: 'escalated', executionId: 'e9' }, 'the next runbook was opened as e9'],
    [{ type: 'verification-ended' }, 'the time for verifying the result is over'],
    [{ type: 'verification-ended', step: 0 }, 'the time for verifying step drain is over'],
    [
      { type: 'approved', by: 'ann', digest: 'd', lapsed: ['bob'] },
      'ann agreed to the plan; the agreement of bob counts no more',
    ],
    [
      { type: 'revert-failed', step: 1, epoch: 1, detail: 'refused', again: true },
      'step switch could not be taken back, and is tried again: refused',
    ],
  ])('says %j', (event, words) => {
    expect(journalSentence(event, opened('x'))).toBe(words);
  });

  it('I15: has the latest entries only, and says how many came before', () => {
    const { execution, journal } = play(storyOf('planning'));
    const [first] = journal;
    if (first === undefined) throw new Error('a journal has an opening');
    const long = Array.from({ length: 5_000 }, (_, i) => ({ ...first, seq: i + 1 }));
    const model = journalModel(execution, long);
    expect(model.entries).toHaveLength(MOST_ENTRIES);
    expect([model.entries[0]?.seq, model.more]).toEqual([5_000, 5_000 - MOST_ENTRIES]);
  });
});

describe('a link in an annotation', () => {
  it.each([
    ['https://runbooks.example.com/x?a=1#b', 'https://runbooks.example.com/x?a=1#b'],
    ['http://runbooks.example.com', 'http://runbooks.example.com/'],
    ['javascript:alert(1)', ''],
    ['JaVaScRiPt:alert(1)', ''],
    [' javascript:alert(1)', ''],
    ['data:text/html,<script>x()</script>', ''],
    ['//evil.example', ''],
    ['https://', ''],
    ['https://ann:secret@evil.example/', ''],
    ['see https://runbooks.example.com', ''],
    ['https://x.example/"onmouseover="alert(1)', 'https://x.example/%22onmouseover=%22alert(1)'],
  ])('S8: %j leads to %j', (text, href) => {
    expect(linkOf(text)).toBe(href);
  });
});
