import type { PostgresKit } from './kit.js';
import { replicationLagProbe } from './replication-lag.js';

/** The probes of PostgreSQL, by name. */
export function postgresProbes(kit: PostgresKit) {
  return { 'replication-lag': replicationLagProbe(kit) };
}
