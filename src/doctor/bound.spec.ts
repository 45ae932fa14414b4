import { describe, expect, it } from 'vitest';
import { boundOf, type PathTimes } from './bound.js';

const safe: PathTimes = {
  scrapeInterval: 1_000,
  scrapeTimeout: 1_000,
  evaluationInterval: 1_000,
  queryOffset: 0,
  for: 2_000,
  groupWait: 1_000,
};

/** Worked by hand; beside each bound the worst that was measured with real servers. */
const cases: readonly [name: string, times: PathTimes, crash: number, hang: number, measured: number][] = [
  // 1 + 1 + 2 + 1 + 0.05
  ['safe', safe, 5_050, 6_050, 4_712],
  // 1 + 1 + 0 + 0 + 0.05
  ['tight', { ...safe, for: 0, groupWait: 0 }, 2_050, 3_050, 1_724],
  // 5 + 5 + 0 + 0 + 0.05, time-out 3
  [
    '5 s/5 s',
    { scrapeInterval: 5_000, scrapeTimeout: 3_000, evaluationInterval: 5_000, queryOffset: 0, for: 0, groupWait: 0 },
    10_050,
    13_050,
    8_992,
  ],
  // 15 + 15 + 30 + 30 + 0.05, time-out 10
  [
    'what people have',
    {
      scrapeInterval: 15_000,
      scrapeTimeout: 10_000,
      evaluationInterval: 15_000,
      queryOffset: 0,
      for: 30_000,
      groupWait: 30_000,
    },
    90_050,
    100_050,
    84_394,
  ],
  // 0.2 + 0.2 + 0 + 0 + 0.05, time-out 0.2
  [
    'ultra',
    { scrapeInterval: 200, scrapeTimeout: 200, evaluationInterval: 200, queryOffset: 0, for: 0, groupWait: 0 },
    450,
    650,
    397,
  ],
];

describe('boundOf', () => {
  it.each(cases)('%s', (_, times, crash, hang, measured) => {
    const bound = boundOf(times);
    expect([bound.crashMs, bound.hangMs]).toEqual([crash, hang]);
    expect(bound.crashMs).toBeGreaterThan(measured);
  });

  it('rounds `for` up to whole evaluations', () => {
    // 1 + 5 + 10 (7 s are two evaluations) + 1 + 0.05
    expect(boundOf({ ...safe, evaluationInterval: 5_000, for: 7_000 }).crashMs).toBe(17_050);
  });

  it('counts the query offset', () => {
    expect(boundOf({ ...safe, queryOffset: 30_000 })).toMatchObject({
      crashMs: 35_050,
      largest: { setting: 'query_offset', ms: 30_000 },
    });
  });

  it('names the setting that costs most', () => {
    expect(boundOf(safe).largest).toEqual({ setting: 'for', ms: 2_000 });
    expect(boundOf({ ...safe, groupWait: 30_000 }).largest).toEqual({ setting: 'group_wait', ms: 30_000 });
    expect(boundOf({ ...safe, for: 0, groupWait: 0 }).largest.setting).toBe('scrape_interval');
  });
});
