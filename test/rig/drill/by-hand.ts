import { otherSide, type DrillRig, type Side } from './rig.js';
import { waitFor } from '../wait-for.js';

/** What a hurried person leaves out. */
export interface Omissions {
  readonly fence?: boolean;
  readonly catchUp?: boolean;
}

/**
 * Cuts over by hand, without Firebreak: shows that the rig can, and with something left out that its judge notices.
 *
 * @param omit what is left out
 */
export async function cutOverByHand(rig: DrillRig, from: Side, omit: Omissions = {}): Promise<void> {
  const to = otherSide(from);
  const [old, next] = [rig.postgres[from], rig.postgres[to]];
  const { cluster } = rig.pair;
  if (omit.fence !== true) {
    await old.query(`ALTER DATABASE "${cluster}" ALLOW_CONNECTIONS false`);
    await old.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${cluster}' AND backend_type = 'client backend'`,
    );
  }
  if (omit.catchUp !== true) {
    const [row] = await old.query('SELECT pg_current_wal_flush_lsn()::text AS lsn');
    const reached = `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}' AS reached`;
    await waitFor('the replica to catch up', async () => (await next.query(reached))[0]?.['reached'] === true, 30_000);
  }
  await next.query('SELECT pg_promote(true, 10)');
  // The fence came along with the rest of the data.
  await next.query(`ALTER DATABASE "${cluster}" ALLOW_CONNECTIONS true`);
  await rig.haproxy.tell(`set server orders/${to} state ready`);
  await rig.haproxy.tell(`set server orders/${from} state maint`);
}
