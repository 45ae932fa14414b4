import { describe, expect, it } from 'vitest';
import { explain, type ClaimRefusal } from './claim-refusal.js';

type Refused<B extends ClaimRefusal['because']> = ClaimRefusal & { readonly because: B };

/** What is said of every refusal; the record makes the compiler find a missing one. */
const SENTENCES = {
  stale: [
    [{ because: 'stale', tombstone: 0 }, 'old news: this alert is known to have resolved at 1970-01-01T00:00:00.000Z'],
  ],
  duplicate: [[{ because: 'duplicate', executionId: 'e1' }, 'this incident is answered already by e1']],
  paused: [
    [{ because: 'paused', scope: 'all', reason: 'maintenance' }, 'paused (all): maintenance'],
    [{ because: 'paused', scope: 'target:db/*', reason: 'moving' }, 'paused (target:db/*): moving'],
  ],
  storm: [
    [
      { because: 'storm', key: 'evict|', targets: 6, calmInMs: 600_000 },
      '6 targets are in trouble (evict); calm in 10 min if no more are hit',
    ],
    [
      { because: 'storm', key: 'evict|cluster=eu', targets: 4, calmInMs: 200_000 },
      '4 targets are in trouble (cluster=eu of evict); calm in 3 min 20 s if no more are hit',
    ],
    [
      { because: 'storm', key: 'observe|evict|evict|', targets: 6, calmInMs: 1_000 },
      '6 targets are in trouble (evict, only observed by evict); calm in 1 s if no more are hit',
    ],
  ],
  loop: [
    [
      { because: 'loop', pauseId: 'loop-1f', reason: 'the alert came back 3 times', executionId: 'e3' },
      'the target is frozen (loop-1f): the alert came back 3 times',
    ],
  ],
  'target-busy': [[{ because: 'target-busy', executionId: 'e1' }, 'the target is held by e1']],
  cooldown: [
    [{ because: 'cooldown', leftMs: 200_000, executionId: 'e1' }, '3 min 20 s left since e1'],
    [{ because: 'cooldown', leftMs: 1, executionId: 'e1' }, '1 ms left since e1'],
  ],
  rate: [
    [
      { because: 'rate', key: 'cut-over', used: 3, limit: 3, leftMs: 60_000, executionId: 'e1' },
      'budget cut-over: 3 of 3 used by e1 and others, the next is free in 1 min',
    ],
    [{ because: 'rate', key: 'cut-over', used: 0, limit: 0 }, 'budget cut-over: 0 of 0 used'],
    [
      { because: 'rate', key: 'observe|cut-over|cut-over', used: 1, limit: 1, executionId: 'e1' },
      'budget cut-over, only observed by cut-over: 1 of 1 used by e1',
    ],
  ],
  'blast-radius': [
    [
      { because: 'blast-radius', key: 'cut-over|cluster=eu', used: 1, limit: 1, executionId: 'e1' },
      'budget cluster=eu of cut-over: 1 of 1 used by e1',
    ],
    [
      { because: 'blast-radius', key: 'cut-over|cluster=a|b=c', used: 1, limit: 1, executionId: 'e1', leftMs: 500 },
      'budget cluster=a|b=c of cut-over: 1 of 1 used by e1, the next is free in 500 ms',
    ],
  ],
  'change-budget': [
    [
      { because: 'change-budget', key: 'service=shop', used: 1, limit: 1, executionId: 'e1' },
      'budget service=shop: 1 of 1 used by e1',
    ],
    [
      { because: 'change-budget', key: 'service=a|b', used: 11, limit: 10, executionId: 'e1' },
      'budget service=a|b: 11 of 10 used by e1 and others',
    ],
    [
      { because: 'change-budget', key: 'observe|evict|service=shop', used: 1, limit: 1, executionId: 'e1' },
      'budget service=shop, only observed by evict: 1 of 1 used by e1',
    ],
  ],
  conflict: [
    [
      { because: 'conflict', plugin: 'cut-over-center', executionId: 'e1' },
      'e1 is at work with cut-over-center, which must not happen at the same time',
    ],
  ],
  capacity: [
    [
      { because: 'capacity', rule: 'two-in-eu', left: 1, needed: 2 },
      'assertion two-in-eu: 1 would be left in service, 2 are needed',
    ],
    [
      {
        because: 'capacity',
        rule: 'calm',
        center: 'a',
        moved: 'out',
        at: Date.parse('2026-11-01T12:00:00Z'),
        by: 'e1',
        leftMs: 372_000,
      },
      'assertion calm: a was taken out of service at 2026-11-01T12:00:00Z by e1, and is not moved back for another 6 min 12 s',
    ],
    [
      { because: 'capacity', rule: 'calm', center: 'b', moved: 'in', at: 0, by: 'person:ada', leftMs: 1_000 },
      'assertion calm: b was brought in at 1970-01-01T00:00:00Z by person:ada, and is not moved back for another 1 s',
    ],
    [
      { because: 'capacity', center: 'b', takenOutBy: 'person:ada' },
      'b was chosen to take over, and is out of service since (person:ada)',
    ],
  ],
  'not-trusted': [
    [
      { because: 'not-trusted', to: 'approve', why: 'not-verified', executionId: 'e1' },
      'the runbook may only approve since e1 (not-verified)',
    ],
  ],
} satisfies { [because in ClaimRefusal['because']]: readonly [refusal: Refused<because>, sentence: string][] };

describe('a refused claim', () => {
  it.each(Object.values(SENTENCES).flat())('says why with its numbers: %j', (refusal, sentence) =>
    expect(explain(refusal)).toBe(sentence),
  );
});
