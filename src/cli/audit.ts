import { findRedis } from '../config/redis-settings.js';
import type { AuditHead } from '../engine/audit.js';
import { verifyAudit, type Verified } from '../engine/verify-audit.js';
import { listAudit } from './audit-list.js';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { reachRedis } from './reach-redis.js';
import { readLine } from './read-line.js';
import { pairs } from './table.js';

/** Verifies the audit, or lists it. Asks Redis and no service: what is to be verified is not asked whether it is right. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 1, ['expect', 'limit']);
  const [word] = line.words;
  if (word === undefined) throw new WrongUse('say what to do with the audit: verify or list');
  if (word !== 'verify' && word !== 'list')
    throw new WrongUse(`"${word}" cannot be done with the audit, only verify and list`);
  const expect = expected(line.option('expect'));
  const most = atMost(line.option('limit') ?? '20');
  const found = findRedis(process.env, process.cwd());
  if (!found.ok)
    throw new Stopped(
      `nobody can tell which Redis it is; name it with FIREBREAK_REDIS_URL\n${found.problems.join('\n')}`,
      EXIT.unavailable,
    );
  const { where, redis, store } = await reachRedis(found.settings);
  try {
    if (word === 'list') {
      await listAudit(store, most, out);
      return EXIT.done;
    }
    return tell(await verifyAudit(store, expect === undefined ? {} : { expect }), where, expect, out);
  } finally {
    redis.disconnect();
  }
}

const EXPECTED = /^(\d{1,15}):([0-9a-f]{40})$/;

function expected(text: string | undefined): AuditHead | undefined {
  if (text === undefined) return undefined;
  const [, n, hash] = EXPECTED.exec(text) ?? [];
  if (n === undefined || hash === undefined || Number(n) === 0)
    throw new WrongUse('--expect must be a head as this command has printed it before, <number>:<hash>');
  return { n: Number(n), hash };
}

function atMost(text: string): number {
  const most = Number(text);
  if (/^[1-9]\d{0,5}$/.test(text)) return most;
  throw new WrongUse('--limit must be a whole number from 1 to 999999');
}

function tell(verified: Verified, where: string, expect: AuditHead | undefined, out: Out): number {
  if (!verified.ok) {
    out(`the audit in ${where} is NOT whole:\n${verified.mistake}`);
    return EXIT.no;
  }
  const { head, from, records, executions, entries } = verified;
  if (records === 0) {
    out(`the audit in ${where} is empty: nothing has been done yet`);
    return EXIT.done;
  }
  out(`the audit in ${where} is whole`);
  const kept = from === 1 ? 'all there are' : 'older ones are dropped';
  const rows = pairs([
    ['records', `${from} to ${head.n}, ${kept}`],
    ['journals', `${entries} entries of ${executions} executions, each with its record`],
    ['expected', expect === undefined ? undefined : `record ${expect.n} is the one that was noted`],
    ['head', `${head.n}:${head.hash}`],
  ]);
  for (const row of rows) out(row);
  out(
    'Note the head where nobody who can write to Redis can: --expect <head> shows later that the chain was not made anew.',
  );
  return EXIT.done;
}
