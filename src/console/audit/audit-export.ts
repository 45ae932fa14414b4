import type { ExecutionStore } from '../../engine/execution-store.js';

const PAGE = 1_000;

/** Gives all records that there are now, oldest first, one a line of JSON with the text that its hash is of. */
export async function* auditLines(store: Pick<ExecutionStore, 'audit' | 'auditHead'>): AsyncGenerator<string> {
  const head = await store.auditHead();
  let after = 0;
  while (after < head.n) {
    const records = await store.audit(after, PAGE);
    const last = records.at(-1);
    if (last === undefined || !(last.n > after)) return;
    yield records
      .filter(({ n }) => n <= head.n)
      .map(({ n, hash, text }) => `${JSON.stringify({ n, hash, record: text })}\n`)
      .join('');
    after = last.n;
  }
}
