import type { AuditRecord } from '../engine/audit.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { readAuditFact } from '../engine/stored-json.js';
import type { Out } from './command.js';
import { table } from './table.js';
import { moment } from './when.js';

const PAGE = 1_000;

/**
 * Shows the last records of the audit, the newest last: who did what, by which account from where, and why.
 *
 * @param most so many at most
 */
export async function listAudit(
  store: Pick<ExecutionStore, 'audit' | 'auditHead'>,
  most: number,
  out: Out,
): Promise<void> {
  const { n } = await store.auditHead();
  const records: AuditRecord[] = [];
  for (let after = Math.max(0, n - most); after < n; after += PAGE)
    records.push(...(await store.audit(after, Math.min(PAGE, n - after))));
  if (records.length === 0) return out('the audit is empty: nothing has been done yet');
  for (const row of table(['n', 'at', 'what', 'of', 'by', 'from', 'why'], records.map(rowOf))) out(row);
}

function rowOf({ n, text }: AuditRecord): string[] {
  try {
    const { at, what, of, by = '', from = '', detail = '' } = readAuditFact(text);
    return [String(n), moment(new Date(at).toISOString()), what, of, by, from, detail];
  } catch {
    // what cannot be read is shown: hiding it would help whoever made it so
    return [String(n), '', text, '', '', '', ''];
  }
}
