import { PluginError } from '../../../src/plugin-sdk/index.js';

/** What a replica knows about the primary that it follows. */
export interface Following {
  readonly host: string;
  readonly port: number;
  readonly linkUp: boolean;
  /** It is being filled from nothing: what it has is neither the old nor the new. */
  readonly syncing: boolean;
  /** Whole seconds since it heard the last byte; undefined when it has no link. */
  readonly silentForSeconds: number | undefined;
  /** Whole seconds since it lost the link; undefined when it has one, or had none since it was started. */
  readonly downForSeconds: number | undefined;
  /** How much of the primary's stream it has carried out, in bytes. */
  readonly offset: number;
}

/** One server at one moment, as it told itself. */
export interface NodeState {
  /** Changes whenever the server is started. */
  readonly runId: string;
  readonly upForSeconds: number;
  readonly role: 'primary' | 'replica';
  /** Names the history of writes that it is in, together with the history that this one came out of, and where. */
  readonly history: string;
  readonly earlierHistory: string;
  readonly earlierHistoryEnd: number;
  /** How far its own history goes, in bytes. */
  readonly offset: number;
  /** Undefined for a primary. */
  readonly following: Following | undefined;
  readonly minReplicas: number;
  readonly minReplicasMaxLag: number;
  /** Replicas that follow it closely enough to count for `min-replicas-to-write`; known only while that is set. */
  readonly goodReplicas: number;
  readonly pingEverySeconds: number;
  readonly loading: boolean;
  readonly inCluster: boolean;
  /** Whether it has a file to keep its configuration in. */
  readonly keepsConfig: boolean;
  /** A replica that takes writes of its own. */
  readonly replicaTakesWrites: boolean;
  /** Whether it has credentials for following somebody. */
  readonly canLogIn: boolean;
  /** Its own clock, in milliseconds. */
  readonly now: number;
}

/** The settings that are looked at. */
export const SETTINGS = [
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'replica-read-only',
  'repl-ping-replica-period',
  'masterauth',
] as const;

/**
 * Makes one state of what a server answered.
 *
 * @param info the answer of INFO
 * @param settings the answers of CONFIG GET, by name
 * @param time the answer of TIME
 * @throws PluginError `not-understood` when something is missing that a Redis 6 or later tells
 */
export function stateOf(info: string, settings: ReadonlyMap<string, string>, time: readonly number[]): NodeState {
  const told = fieldsOf(info);
  const text = (name: string): string => found(told, name);
  const number = (name: string): number => numeric(told, name);
  const role = text('role') === 'master' ? 'primary' : 'replica';
  return {
    runId: text('run_id'),
    upForSeconds: number('uptime_in_seconds'),
    role,
    history: text('master_replid'),
    earlierHistory: text('master_replid2'),
    earlierHistoryEnd: number('second_repl_offset'),
    offset: number('master_repl_offset'),
    following: role === 'primary' ? undefined : followingOf(told),
    minReplicas: numeric(settings, 'min-replicas-to-write'),
    minReplicasMaxLag: numeric(settings, 'min-replicas-max-lag'),
    goodReplicas: Number(told.get('min_slaves_good_slaves') ?? 0),
    pingEverySeconds: numeric(settings, 'repl-ping-replica-period'),
    loading: text('loading') !== '0',
    inCluster: told.get('cluster_enabled') === '1',
    keepsConfig: (told.get('config_file') ?? '') !== '',
    replicaTakesWrites: found(settings, 'replica-read-only') !== 'yes',
    canLogIn: found(settings, 'masterauth') !== '',
    now: (time[0] ?? 0) * 1_000 + Math.floor((time[1] ?? 0) / 1_000),
  };
}

function followingOf(told: ReadonlyMap<string, string>): Following {
  const seconds = (name: string): number | undefined => {
    const value = Number(told.get(name) ?? -1);
    return value >= 0 ? value : undefined;
  };
  const linkUp = told.get('master_link_status') === 'up';
  return {
    host: found(told, 'master_host'),
    port: numeric(told, 'master_port'),
    linkUp,
    syncing: told.get('master_sync_in_progress') === '1',
    silentForSeconds: linkUp ? seconds('master_last_io_seconds_ago') : undefined,
    downForSeconds: linkUp ? undefined : seconds('master_link_down_since_seconds'),
    offset: numeric(told, 'slave_repl_offset'),
  };
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  const pairs = info.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
  });
  return new Map(pairs);
}

function found(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value !== undefined) return value;
  throw new PluginError('not-understood', `the server did not tell ${name}; Redis 6 or later does`, false);
}

function numeric(fields: ReadonlyMap<string, string>, name: string): number {
  const value = Number(found(fields, name));
  if (Number.isFinite(value)) return value;
  throw new PluginError('not-understood', `the server's ${name} is no number`, false);
}
