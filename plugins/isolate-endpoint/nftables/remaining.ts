import { PluginError } from '../../../src/plugin-sdk/index.js';
import { synAnswer } from '../syn/syn-answer.js';
import type { HostAddress } from './address.js';
import type { Pool } from './firewalls.js';

/** How many endpoints are asked at once. */
const AT_ONCE = 32;

/**
 * Gives the other endpoints of the pool that still serve: those that are not isolated, and, where the pool has a health
 * port, answer there. No more are asked than must be left, so a sound pool is asked little.
 *
 * @param isolated the addresses that the firewall shuts out, or will by then
 * @throws PluginError `no-server-left` when fewer than the pool's least would serve (I9)
 */
export async function remaining(
  pool: Pool,
  endpoint: string,
  isolated: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<HostAddress[]> {
  const open = pool.others.filter(({ text }) => !isolated.has(text));
  const serving = pool.health === undefined ? open : await answering(open, pool.health, pool.least, signal);
  if (serving.length >= pool.least) return serving;
  const shut = pool.others.length - open.length;
  const silent = open.length - serving.length;
  const why = [shut > 0 ? `${shut} isolated already` : '', silent > 0 ? `${silent} without an answer` : '']
    .filter((part) => part !== '')
    .join(', ');
  throw new PluginError(
    'no-server-left',
    `without ${endpoint} only ${serving.length} of the pool ${pool.name} would serve, and ${pool.least} must (${why || 'it has no others'}); bring one back first`,
    false,
  );
}

async function answering(
  members: readonly HostAddress[],
  { port, timeout }: NonNullable<Pool['health']>,
  enough: number,
  signal: AbortSignal,
): Promise<HostAddress[]> {
  const serving: HostAddress[] = [];
  for (let next = 0; next < members.length && serving.length < enough; next += AT_ONCE) {
    const asked = members.slice(next, next + AT_ONCE);
    const answers = await Promise.all(asked.map(({ text }) => synAnswer({ host: text, port }, timeout, signal)));
    serving.push(...asked.filter((_, index) => answers[index]?.kind === 'acknowledged'));
  }
  return serving;
}
