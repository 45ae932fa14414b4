import pg from 'pg';
import { write, type Writer } from './gate.js';
import type { Session } from './server.js';
import type { ServerState } from './state.js';

/**
 * Sets `synchronous_standby_names`, on a primary or on a standby, and has it take effect; what is so already is left alone.
 *
 * @param now the server as it is
 * @param wanted the value; null lets what stands in the configuration file hold again
 */
export async function setNames(
  call: Writer,
  session: Session,
  now: Pick<ServerState, 'namesSet' | 'namesPending'>,
  wanted: string | null,
): Promise<void> {
  if (now.namesSet === wanted && !now.namesPending) return;
  if (now.namesSet !== wanted) {
    const reset = 'ALTER SYSTEM RESET synchronous_standby_names';
    const set = `ALTER SYSTEM SET synchronous_standby_names = ${pg.escapeLiteral(wanted ?? '')}`;
    await write(call, session, wanted === null ? reset : set);
  }
  await write(call, session, 'SELECT pg_reload_conf()');
}
