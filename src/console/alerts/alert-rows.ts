import { labelsFrom, type Labels } from '../../core/alert.js';
import { fateOf } from '../../core/fate.js';
import { matchesAll, type Matcher } from '../../core/matcher.js';
import type { DecisionRecord, ExecutionStore } from '../../engine/execution-store.js';
import { sayLabels } from '../../api/why-words.js';
import { sayDecisions } from './say-decisions.js';

/** One alert of the list, with what was decided about it last. */
export interface AlertRow {
  readonly fingerprint: string;
  readonly name: string;
  /** Empty when they are not known any more. */
  readonly labels: string;
  readonly status: DecisionRecord['status'];
  readonly at: number;
  readonly fate: DecisionRecord['decision'];
  readonly says: string;
  readonly executionId: string | null;
  /** How often it was decided about, as far as was looked. */
  readonly times: number;
}

/** So many alerts are shown at once. */
export const MOST_ROWS = 50;

/**
 * Puts decisions together by alert, the alert that was seen last first.
 *
 * @param records newest first
 * @param matchers which labels the alerts must have; none means all
 * @param store where the labels of an alert are looked for that are not kept with these records
 */
export async function alertRows(
  records: readonly DecisionRecord[],
  matchers: readonly Matcher[],
  store: Pick<ExecutionStore, 'decisions'>,
): Promise<AlertRow[]> {
  const rows: AlertRow[] = [];
  let lookedUp = 0;
  for (const own of groupedBy(records, 'fingerprint')) {
    if (rows.length === MOST_ROWS) break;
    let labels = labelsOf(own);
    if (labels === undefined && lookedUp++ < MOST_ROWS) labels = await lookUp(own, store);
    if (matchers.length === 0 || (labels !== undefined && matchesAll(matchers, labels)))
      rows.push(...rowOf(own, labels));
  }
  return rows;
}

/** Labels as they were kept; what comes out of JSON has names by birth, which are no labels. */
export function labelsOf(records: readonly DecisionRecord[]): Labels | undefined {
  const found = records.find(({ labels }) => labels !== undefined)?.labels;
  return found && labelsFrom(found);
}

async function lookUp(
  [first]: readonly DecisionRecord[],
  store: Pick<ExecutionStore, 'decisions'>,
): Promise<Labels | undefined> {
  return first && labelsOf(await store.decisions({ fingerprint: first.fingerprint, limit: 100 }));
}

function rowOf(own: readonly DecisionRecord[], labels: Labels | undefined): AlertRow[] {
  const receipts = groupedBy(own, 'receiptId');
  // a repeat says nothing new
  const newest = receipts.find((one) => one.some(({ because }) => because !== 'duplicate')) ?? receipts[0];
  const [last] = own;
  if (newest === undefined || last === undefined) return [];
  const { fingerprint, alertname, status, at } = last;
  const row = {
    fingerprint,
    name: alertname === '' ? fingerprint : alertname,
    labels: labels === undefined ? '' : sayLabels(labels),
    status,
    at,
    fate: fateOf(newest).fate,
    says: sayDecisions(newest),
    executionId: newest.find(({ decision }) => decision === 'opened')?.executionId ?? null,
    times: receipts.length,
  };
  return [row];
}

function groupedBy(records: readonly DecisionRecord[], key: 'fingerprint' | 'receiptId'): DecisionRecord[][] {
  const groups = new Map<string, DecisionRecord[]>();
  for (const record of records) {
    const group = groups.get(record[key]);
    if (group === undefined) groups.set(record[key], [record]);
    else group.push(record);
  }
  return [...groups.values()];
}
