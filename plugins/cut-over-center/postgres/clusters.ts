import { setTimeout as pause } from 'node:timers/promises';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { ClusterConfig, PostgresConfig } from './config.js';
import { Server } from './server.js';
import { unlessUnreachable } from './server-errors.js';
import { stateOf, type ServerState } from './state.js';
import { Watch } from './watch.js';

/** How long a connection may take to a server that was away the last time, in milliseconds. */
const SHORT_MS = 500;
/** For how long a server that is away counts as away while a plan is made, in milliseconds. */
const STILL_MS = 1_000;
/** For how long it needs no second look, and how long after the first that begins, in milliseconds. */
const KNOWN_MS = 10_000;
const SECOND_LOOK_MS = 250;

/** The PostgreSQL clusters that may be reached, by name. */
export class PostgresClusters {
  private readonly named: ReadonlyMap<string, Cluster>;
  /** For a node's `rejoin` command, in milliseconds. */
  readonly rejoinTimeoutMs: number;

  /** Connects to nothing yet. */
  constructor(config: PostgresConfig | undefined) {
    const all = Object.entries(config?.clusters ?? {});
    const timeoutMs = config?.timeout ?? 2_000;
    this.rejoinTimeoutMs = config?.rejoinTimeout ?? 120_000;
    this.named = new Map(all.map(([name, one]) => [name, new Cluster(name, one, timeoutMs)]));
  }

  /**
   * Gives the cluster of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): Cluster {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no PostgreSQL cluster ${name}; configured: ${known}`, false);
  }
}

/** One primary and those that follow it; which is which, only the servers know. */
export class Cluster {
  readonly servers: ReadonlyMap<string, Server>;
  readonly databases: readonly string[];
  /** What this process has seen of the primary. */
  readonly watch = new Watch();

  constructor(
    readonly name: string,
    config: ClusterConfig,
    private readonly timeoutMs: number,
  ) {
    this.databases = config.database;
    const nodes = Object.entries(config.nodes);
    this.servers = new Map(nodes.map(([node, one]) => [node, new Server(node, one, timeoutMs)]));
  }

  /**
   * Gives a server by its centre's id.
   *
   * @throws PluginError `unknown-name` when the cluster has none there
   */
  server(name: string): Server {
    const found = this.servers.get(name);
    if (found !== undefined) return found;
    const known = [...this.servers.keys()].join(', ');
    throw new PluginError('unknown-name', `the cluster ${this.name} has no node ${name}; it has ${known}`, false);
  }

  /** Looks at a server. */
  state(name: string, signal: AbortSignal): Promise<ServerState> {
    return stateOf(this.server(name), this.databases, signal);
  }

  /**
   * Looks at a server that may be away: undefined then. One unanswered question says little: only who does not answer the
   * second time either is away. Who is known to be away is not asked twice, nor waited for that long: a cut-over asks often.
   */
  async stateIfThere(name: string, signal: AbortSignal): Promise<ServerState | undefined> {
    const missedAgo = this.watch.missedAgo(name);
    const isKnown = missedAgo !== undefined && missedAgo < KNOWN_MS;
    const state = await (isKnown ? this.lookFor(name, signal, SHORT_MS) : this.lookTwice(name, signal));
    this.watch.saw(name, state !== undefined);
    return state;
  }

  /** The same for planning: who was found to be away a moment ago is not asked again. */
  async glanceAt(name: string, signal: AbortSignal): Promise<ServerState | undefined> {
    const ago = this.watch.missedAgo(name);
    return ago !== undefined && ago < STILL_MS ? undefined : this.stateIfThere(name, signal);
  }

  /** The second look begins while the first one waits, so that it costs no time where nobody answers at all. */
  private async lookTwice(name: string, signal: AbortSignal): Promise<ServerState | undefined> {
    const first = this.lookFor(name, signal, this.timeoutMs);
    const wait = pause(SECOND_LOOK_MS);
    const early = await Promise.race([first, wait]);
    if (early !== undefined) return early;
    await wait;
    const left = Math.max(SHORT_MS, this.timeoutMs - SECOND_LOOK_MS);
    const [one, other] = await Promise.all([first, this.lookFor(name, signal, left)]);
    return other ?? one;
  }

  private lookFor(name: string, signal: AbortSignal, connectMs: number): Promise<ServerState | undefined> {
    const how = { connectMs: Math.min(this.timeoutMs, connectMs) };
    return unlessUnreachable(stateOf(this.server(name), this.databases, signal, how));
  }
}
