import { describe, expect, it } from 'vitest';
import { explain, type ClaimRefusal } from './claim-refusal.js';

describe('a refused claim', () => {
  it.each<[refusal: ClaimRefusal, sentence: string]>([
    [{ because: 'stale', tombstone: 0 }, 'old news: this alert is known to have resolved at 1970-01-01T00:00:00.000Z'],
    [{ because: 'duplicate', executionId: 'e1' }, 'this incident is answered already by e1'],
    [{ because: 'paused', scope: 'all', reason: 'maintenance' }, 'paused (all): maintenance'],
    [{ because: 'target-busy', executionId: 'e1' }, 'the target is held by e1'],
    [{ because: 'cooldown', leftMs: 90_000, executionId: 'e1' }, '1m30s of the cooldown are left since e1'],
    [
      { because: 'rate', key: 'cut-over', used: 3, limit: 3, leftMs: 60_000 },
      'cut-over: 3 of 3 used, the next is free in 1m',
    ],
    [
      { because: 'blast-radius', key: 'cut-over|region=eu', used: 1, limit: 1, leftMs: 500 },
      'cut-over|region=eu: 1 of 1 used, the next is free in 500ms',
    ],
  ])('says why with its numbers: %j', (refusal, sentence) => expect(explain(refusal)).toBe(sentence));
});
