import { describe, expect, it } from 'vitest';
import { parseMatchers } from '../../core/matcher.js';
import type { DecisionRecord } from '../../engine/execution-store.js';
import { alertRows, MOST_ROWS } from './alert-rows.js';

const record = (change: Partial<DecisionRecord>): DecisionRecord => ({
  at: 1,
  receiptId: 'r1',
  source: 'alertmanager',
  fingerprint: 'f1',
  alertname: 'CenterDown',
  status: 'firing',
  startsAt: 0,
  labels: { alertname: 'CenterDown' },
  decision: 'noted',
  because: 'no-runbook',
  ...change,
});
const nobody = { decisions: async () => [] };
const repeat: Partial<DecisionRecord> = {
  decision: 'suppressed',
  because: 'duplicate',
  detail: 'is answered',
  runbook: 'a',
};

describe('the rows of the list of alerts', () => {
  it('say what was decided last, and not that it was repeated since', async () => {
    const opened = record({ receiptId: 'r1', decision: 'opened', runbook: 'a', executionId: 'x1' });
    const rows = await alertRows([record({ receiptId: 'r2', at: 9, ...repeat }), opened], [], nobody);
    expect(rows).toMatchObject([{ at: 9, fate: 'opened', says: 'a answers it with x1.', executionId: 'x1', times: 2 }]);
  });

  it('say that it was repeated when nothing else is known', async () => {
    expect(await alertRows([record(repeat)], [], nobody)).toMatchObject([
      { says: 'a did nothing: duplicate, is answered.' },
    ]);
  });

  it('say what every runbook decided about it', async () => {
    const cooldown = { decision: 'suppressed', because: 'cooldown', detail: '9 min left', runbook: 'b' } as const;
    const rows = await alertRows(
      [record({ decision: 'opened', runbook: 'a', executionId: 'x1' }), record(cooldown)],
      [],
      nobody,
    );
    expect(rows[0]?.says).toBe('a answers it with x1; b did nothing: cooldown, 9 min left.');
  });

  it('are bounded, and leave out what does not fit or is not known to fit', async () => {
    const many = Array.from({ length: MOST_ROWS + 10 }, (_, i) => record({ fingerprint: `f${i}` }));
    expect(await alertRows(many, [], nobody)).toHaveLength(MOST_ROWS);
    const parsed = parseMatchers('constructor=~".+"');
    if (!parsed.ok) throw new Error(parsed.detail);
    const { labels: _labels, ...unknown } = record({});
    expect(await alertRows([record({}), unknown], parsed.matchers, nobody)).toEqual([]);
  });
});
