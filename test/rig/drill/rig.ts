import { dirname } from 'node:path';
import { startBlackbox, type RigBlackbox } from '../blackbox.js';
import { makeNetwork } from '../make-network.js';
import { FIREBREAK_SITE, type RigNetwork } from '../network.js';
import { startPostgresPair, type PostgresPair, type RigPostgres } from '../postgres.js';
import { freePort, removeFolder, rigFolder } from '../processes.js';
import { writeInto } from '../project.js';
import { startRedis, type RigRedis } from '../redis.js';
import { startInsider, startOrders, startUsers, type OrdersCenter, type Witness } from './crew.js';
import { startDrillFirebreak, type DrillFirebreak } from './firebreak.js';
import { startDrillHaproxy, type DrillHaproxy } from './haproxy.js';
import { observed, replicating, served } from './ready.js';
import { EDGE } from './sites.js';
import { startDrillPrometheus, type DrillPrometheus } from './prometheus.js';
import { drillConfig, drillRunbooks, drillTopology, type Tuning } from './settings.js';

/** A centre of the drill by its name. */
export type Side = 'a' | 'b';

/** Both sides. */
export const SIDES: readonly Side[] = ['a', 'b'];

/** The side that is not this one. */
export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/** Users -> HAProxy -> two centres with a database each, watched by Prometheus, cut over by Firebreak: all real. */
export interface DrillRig {
  readonly network: RigNetwork;
  readonly pair: PostgresPair;
  readonly postgres: Readonly<Record<Side, RigPostgres>>;
  readonly orders: Readonly<Record<Side, OrdersCenter>>;
  readonly haproxy: DrillHaproxy;
  readonly blackbox: RigBlackbox;
  readonly prometheus: DrillPrometheus;
  readonly redis: RigRedis;
  readonly firebreak: DrillFirebreak;
  readonly users: Witness;
  readonly insiders: Readonly<Record<Side, Witness>>;
  readonly stop: () => Promise<void>;
}

/** What can be chosen about a rig. */
export interface DrillOptions {
  /** A kind of network; the best that this machine allows when left out. */
  readonly network?: RigNetwork['kind'];
  /** False for an asynchronous pair, which may lose rows. */
  readonly synchronous?: boolean;
  /** How many users place orders at the same time. */
  readonly writers?: number;
  /** Changes to the runbooks and the topology. */
  readonly tuning?: Tuning;
  /** What runs in Firebreak's place, for example a service that dies at a chosen point. */
  readonly firebreak?: { readonly program: string; readonly args: readonly string[] };
}

type Started = <T extends { readonly stop: () => Promise<void> }>(part: Promise<T>) => Promise<T>;

/** Starts everything and comes back when users are served and Prometheus sees both centres. */
export async function startDrillRig(options: DrillOptions = {}): Promise<DrillRig> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  const started: Started = async (part) => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };
  try {
    const rig = { ...(await startAll(options, started)), stop };
    await served(rig, 'a');
    await observed(rig);
    if (options.synchronous ?? true) await replicating(rig, 'a', 'b');
    return rig;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(options: DrillOptions, started: Started): Promise<Omit<DrillRig, 'stop'>> {
  const network = await started(makeNetwork([...SIDES, EDGE], options.network));
  const pair = await started(startPair(network, options.synchronous ?? true));
  const postgres = { a: pair.a, b: pair.b };
  const orders = await forBoth((side) =>
    started(startOrders({ center: side, place: network.place(side), database: postgres[side].url, capacity: 1_000 })),
  );
  const edge = network.place(EDGE);
  const [a, b] = [await network.route(EDGE, 'a', orders.a.port), await network.route(EDGE, 'b', orders.b.port)];
  const haproxy = await started(startDrillHaproxy(edge, { a, b }));
  const blackbox = await started(startBlackbox(edge));
  const redis = await started(startRedis());
  const secrets = rigFolder('secrets');
  await started(Promise.resolve({ stop: async () => removeFolder(secrets) }));
  const tokens = {
    alert: writeInto(secrets, 'alert', 'drill-alert-token-0123456789abcdef'),
    admin: writeInto(secrets, 'admin', ADMIN_TOKEN),
  };
  const { host } = network.place(FIREBREAK_SITE);
  const port = await freePort();
  const prometheus = await started(
    startDrillPrometheus(edge, {
      centers: { a, b },
      haproxyMetrics: `${edge.host}:${haproxy.metricsPort}`,
      firebreak: `${host}:${port}`,
      tokenFile: tokens.alert,
    }),
  );
  const parts = { network, pair, postgres, orders, haproxy, blackbox, prometheus, redis };
  const firebreak = await started(
    startDrillFirebreak({
      host,
      port,
      redisUrl: redis.url,
      adminToken: ADMIN_TOKEN,
      runbooks: drillRunbooks(options.tuning),
      topology: drillTopology(options.tuning),
      config: await drillConfig(parts, tokens),
      ...options.firebreak,
    }),
  );
  const insiders = await forBoth((side) =>
    started(startInsider(network.place(side), side, { orders: postgres[side].url, watch: socketUrl(postgres[side]) })),
  );
  const users = await started(startUsers(edge, haproxy.url, options.writers ?? 4));
  return { ...parts, firebreak, insiders, users };
}

const ADMIN_TOKEN = 'drill-admin-token-0123456789abcdef';

async function startPair(network: RigNetwork, synchronous: boolean): Promise<PostgresPair> {
  const ports = { a: await freePort(), b: await freePort() };
  const reached = async (from: Side, to: Side): Promise<{ host: string; port: number }> => {
    const [host = '', port] = (await network.route(from, to, ports[to])).split(':');
    return { host, port: Number(port) };
  };
  const pair = await startPostgresPair({
    cluster: 'orders',
    places: { a: network.place('a'), b: network.place('b') },
    synchronous,
    ports,
    reachedAt: { a: await reached('b', 'a'), b: await reached('a', 'b') },
  });
  await pair.a.query(
    `CREATE TABLE orders (id text PRIMARY KEY, center text NOT NULL, at timestamptz NOT NULL DEFAULT now());
     ALTER TABLE orders OWNER TO app`,
    pair.cluster,
  );
  await pair.caughtUp();
  return pair;
}

/** The database itself, beside its network: it answers whatever is cut or closed. */
function socketUrl({ dataDir, port }: RigPostgres): string {
  return `postgresql://postgres@localhost:${port}/postgres?host=${encodeURIComponent(dirname(dataDir))}`;
}

async function forBoth<T>(make: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  return { a: await make('a'), b: await make('b') };
}
