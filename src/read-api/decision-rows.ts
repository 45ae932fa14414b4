import type { DecisionRecord } from '../engine/execution-store.js';
import type { Pace } from './pace.js';
import { keyOf, seriesLabels, type Row } from './row.js';

/**
 * Rows of decisions.
 *
 * @param newestFirst as the store lists them
 * @returns rows, the newest first, or undefined when the time is over
 */
export async function rowsOfDecisions(newestFirst: readonly DecisionRecord[], pace: Pace): Promise<Row[] | undefined> {
  const seen = new Map<string, number>();
  const rows: Row[] = [];
  for (const record of newestFirst.toReversed()) {
    const plain = labelsOf(record);
    const key = keyOf(plain);
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    // one webhook may bring the same alert several times, and each of these decisions is one
    const labels = n === 1 ? plain : labelsOf(record, String(n));
    rows.push({ labels, from: record.at, value: record.at });
    if (pace.isDue && !(await pace.rest())) return undefined;
  }
  return rows.reverse();
}

function labelsOf(record: DecisionRecord, n?: string) {
  const { fingerprint, alertname, runbook, decision, because, executionId, detail, status, source, receiptId } = record;
  return seriesLabels('firebreak_decision', {
    fingerprint,
    alertname,
    runbook,
    decision,
    because,
    execution_id: executionId,
    detail,
    status,
    source,
    receipt_id: receiptId,
    n,
  });
}
