import { queryNow } from '../prometheus-query.js';
import { waitFor } from '../wait-for.js';
import { writesIn } from './ledger.js';
import type { DrillRig, Side } from './rig.js';

/** Waits until users are served by a centre without a failure in between. */
export async function served(rig: Pick<DrillRig, 'users'>, side: Side, withinMs = 20_000): Promise<void> {
  const enough = 20;
  await waitFor(
    `users to be served by centre ${side}`,
    () => {
      const last = writesIn(rig.users.writes)
        .filter((write) => write.by === 'user')
        .slice(-enough);
      return last.length === enough && last.every((write) => write.acknowledged && write.center === side);
    },
    withinMs,
    100,
  );
}

/** Waits until Prometheus has seen both centres well, with everything that a cut-over asks for. */
export async function observed(rig: Pick<DrillRig, 'prometheus'>): Promise<void> {
  await waitFor(
    'Prometheus to see both centres',
    async () => {
      const counts = [
        'up{job="orders"} == 1',
        'orders_database_up == 1',
        'orders_load',
        'policy_info{policy="egress"}',
      ];
      const seen = await Promise.all(counts.map((one) => queryNow(rig.prometheus.url, `count(${one})`)));
      const lag = await queryNow(rig.prometheus.url, 'orders_replication_lag_seconds');
      return seen.every(([count]) => count === 2) && lag.length === 1;
    },
    30_000,
    100,
  );
}

/** Waits until one side has a synchronous replica on the other, and that one has it from Firebreak that this is so. */
export async function replicating(
  rig: Pick<DrillRig, 'postgres'>,
  primary: Side,
  standby: Side,
  withinMs = 60_000,
): Promise<void> {
  await waitFor(
    `${standby} to be the synchronous replica of ${primary}`,
    async () => {
      const sync = await rig.postgres[primary].query(
        `SELECT 1 FROM pg_stat_replication WHERE application_name = '${standby}' AND sync_state IN ('sync', 'quorum')`,
      );
      const told = await rig.postgres[standby].query(
        `SELECT 1 FROM firebreak.heartbeat WHERE node = '${primary}' AND '${standby}' = ANY (standbys)`,
      );
      return sync.length === 1 && told.length === 1;
    },
    withinMs,
    100,
  );
}
