import { z } from 'zod';
import type { Call, Measurement } from '../../../src/plugin-sdk/index.js';
import { acknowledgedWithout, writeHeartbeat, type Heartbeat } from './heartbeat.js';
import { isAbove, lagOf, mostSchema, sayLag, sayMost, type Lag } from './lag.js';
import type { Cluster } from './clusters.js';
import type { PostgresKit, PostgresSystem } from './kit.js';
import { isFollowedBy, isOpen } from './pair.js';
import { clusterSchema, nodeSchema } from './params.js';
import type { ServerState } from './state.js';
import { waitsFor } from './sync-names.js';

/** Makes the probe that says how far standbys are behind, and leaves on the primary what must be known when it is gone. */
export function replicationLagProbe({ probe, config }: PostgresKit) {
  const params = z.strictObject({
    cluster: clusterSchema(config.postgres),
    /** Who must be the primary; whoever is, unless told. */
    primary: nodeSchema(config.postgres).optional(),
    /** Whose lag is asked for; that of all, unless told. */
    standby: nodeSchema(config.postgres).optional(),
    most: mostSchema('16MiB'),
    /** Whether to write the heartbeat; without it the loss of the primary always needs a person. */
    heartbeat: z.boolean().default(true),
  });
  return probe({
    summary: 'Measure how far PostgreSQL standbys are behind their primary',
    params,
    measure: (call: Call<PostgresSystem, z.infer<typeof params>>) => measure(call),
  });
}

interface Wish {
  readonly cluster: string;
  readonly primary?: string | undefined;
  readonly standby?: string | undefined;
  readonly most: Parameters<typeof isAbove>[1];
  readonly heartbeat: boolean;
}

async function measure({ client, params, signal }: Call<PostgresSystem, Wish>): Promise<Measurement> {
  const cluster = client.postgres.get(params.cluster);
  const names = [...cluster.servers.keys()];
  const seen = await Promise.all(names.map((name) => cluster.stateIfThere(name, signal)));
  const states = seen.filter((state) => state !== undefined);
  const primaries = states.filter((state) => !state.standby).sort((one, other) => other.timeline - one.timeline);
  const open = primaries.filter(isOpen);
  if (open.length > 1)
    return { status: 'unhealthy', detail: `${open.map((one) => one.name).join(' and ')} are both primaries and open` };
  const primary = params.primary === undefined ? primaries[0] : primaries.find((one) => one.name === params.primary);
  if (primary === undefined) {
    const away = names.filter((_, i) => seen[i] === undefined).join(', ');
    const who =
      params.primary === undefined
        ? `no primary of ${cluster.name} is there`
        : `${params.primary} is not there as a primary`;
    return { status: 'unknown', detail: away === '' ? who : `${who}; can't be reached: ${away}` };
  }
  const beat = params.heartbeat ? await beatOn(cluster, primary, signal) : undefined;
  const standbys = params.standby === undefined ? names.filter((name) => name !== primary.name) : [params.standby];
  return judge(primary, states, standbys, params, beat);
}

function judge(
  primary: ServerState,
  states: readonly ServerState[],
  standbys: readonly string[],
  { most }: Wish,
  beat: Heartbeat | undefined,
): Measurement {
  const synchronous =
    beat === undefined
      ? isSync(primary, standbys)
      : standbys.every((one) => acknowledgedWithout(beat, one) === undefined);
  const gone = standbys.filter((name) => !isFollowedBy(primary, name));
  if (gone.length > 0)
    return {
      status: 'unhealthy',
      values: { synchronous: 0 },
      detail: `${gone.join(', ')} ${gone.length === 1 ? 'does' : 'do'} not stream from ${primary.name}`,
    };
  const lags = standbys.map((name) => ({ name, ...lagBehind(primary, states, name) }));
  const [worst] = lags.sort((one, other) => other.bytes - one.bytes);
  if (worst === undefined) return { status: 'unknown', detail: `${primary.name} has no standby` };
  const values = { lagBytes: worst.bytes, lagSeconds: worst.seconds, synchronous: synchronous ? 1 : 0 };
  const detail = `${worst.name} is ${sayLag(worst)} behind ${primary.name}, at most ${sayMost(most)} is wanted; ${synchronous ? 'synchronous' : 'asynchronous'}`;
  return { status: isAbove(worst, most) ? 'unhealthy' : 'healthy', value: worst.bytes, values, detail };
}

/** As the standby says itself; when it can't be reached, as its primary sees it. */
function lagBehind(primary: ServerState, states: readonly ServerState[], name: string): Lag {
  const own = states.find((one) => one.name === name && one.standby);
  if (own !== undefined) return lagOf(primary, own);
  const seen = primary.followers.find((one) => one.name === name);
  return { bytes: seen === undefined ? 0 : Math.max(0, Number(primary.settled - seen.replayed)), seconds: 0 };
}

function isSync(primary: ServerState, standbys: readonly string[]): boolean {
  const isThere = (name: string) => primary.followers.some((one) => one.name === name && one.sync);
  return standbys.every((name) => waitsFor(primary.names, name) && isThere(name));
}

async function beatOn(cluster: Cluster, primary: ServerState, signal: AbortSignal): Promise<Heartbeat> {
  const beat = await cluster
    .server(primary.name)
    .visit(signal, (session) => writeHeartbeat(session, cluster.name, primary.name));
  cluster.watch.beat(primary.name, beat.at);
  return beat;
}
