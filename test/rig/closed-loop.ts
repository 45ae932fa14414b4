import { startAlertmanager, type RigAlertmanager } from './alertmanager.js';
import { startBlackbox } from './blackbox.js';
import { startCenter, type RigCenter } from './center-process.js';
import { startFirebreak, type RigFirebreak } from './firebreak.js';
import { startHaproxy, type RigHaproxy } from './haproxy.js';
import { startLoad, type Load } from './load.js';
import { freePort, removeFolder, rigFolder } from './processes.js';
import { writeInto } from './project.js';
import { queryNow } from './prometheus-query.js';
import { startPrometheus, type RigPrometheus, type Via } from './prometheus.js';
import { startRedis, type RigRedis } from './redis.js';
import { waitFor } from './wait-for.js';

/** The whole loop: users -> HAProxy -> centres, watched by Prometheus, repaired by Firebreak. */
export interface ClosedLoop {
  readonly via: Via;
  readonly a: RigCenter;
  readonly b: RigCenter;
  readonly haproxy: RigHaproxy;
  readonly load: Load;
  readonly redis: RigRedis;
  readonly prometheus: RigPrometheus;
  readonly alertmanager: RigAlertmanager;
  readonly firebreak: RigFirebreak;
  /** Of somebody who may do everything. */
  readonly adminToken: string;
  readonly stop: () => Promise<void>;
}

/** What can be chosen about a closed loop. */
export interface ClosedLoopOptions {
  readonly via: Via;
  /** Requests in a second; 50 unless told. */
  readonly requestsPerSecond?: number;
  /** Another Firebreak than `dist/src/main.js`. */
  readonly firebreakProgram?: string;
  /** Further files of `deploy/prometheus/rules/`, beside the one for centres. */
  readonly rules?: readonly string[];
}

/** Starts all parts and comes back when users are served and Prometheus sees both centres. */
export async function startClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoop> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  const started = async <T extends { readonly stop: () => Promise<void> }>(part: Promise<T>): Promise<T> => {
    const it = await part;
    stops.push(it.stop);
    return it;
  };
  try {
    return { ...(await startParts(options, started)), via: options.via, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Started = <T extends { readonly stop: () => Promise<void> }>(part: Promise<T>) => Promise<T>;

async function startParts(options: ClosedLoopOptions, started: Started): Promise<Omit<ClosedLoop, 'via' | 'stop'>> {
  const secrets = rigFolder('secrets');
  await started(Promise.resolve({ stop: async () => removeFolder(secrets) }));
  const tokens = {
    alertFile: writeInto(secrets, 'alert-token', 'rig-alert-token-0123456789abcdef'),
    admin: 'rig-admin-token-0123456789abcdef',
    adminFile: writeInto(secrets, 'admin-token', 'rig-admin-token-0123456789abcdef'),
  };
  const firebreakPort = await freePort();
  const firebreakAddress = `127.0.0.1:${firebreakPort}`;
  const [a, b, redis, alertmanager, blackbox] = await Promise.all([
    started(startCenter('a')),
    started(startCenter('b')),
    started(startRedis()),
    started(startAlertmanager(firebreakAddress, tokens.alertFile)),
    started(startBlackbox()),
  ]);
  const haproxy = await started(startHaproxy({ a: a.address, b: b.address }));
  const prometheus = await started(
    startPrometheus(options.via, {
      centerA: a.address,
      centerB: b.address,
      haproxyMetrics: haproxy.metrics,
      blackbox: new URL(blackbox.url).host,
      alertmanager: alertmanager.address,
      firebreak: firebreakAddress,
      tokenFile: tokens.alertFile,
      rules: options.rules ?? [],
    }),
  );
  const firebreak = await started(
    startFirebreak(
      {
        port: firebreakPort,
        redisUrl: redis.url,
        prometheus: prometheus.url,
        haproxyAdmin: haproxy.admin,
        haproxyMap: haproxy.map,
        centers: { a: a.address, b: b.address },
        blackbox: blackbox.url,
        tokens,
      },
      options.firebreakProgram,
    ),
  );
  const load = startLoad(`${haproxy.url}/`, options.requestsPerSecond);
  await started(Promise.resolve(load));
  await waitFor('users to be served', () => load.requests().filter((request) => request.ok).length >= 10, 30_000);
  await centersSeen(prometheus);
  return { a, b, haproxy, load, redis, prometheus, alertmanager, firebreak, adminToken: tokens.admin };
}

/** Waits until Prometheus sees both centres up and no alert fires. */
export async function centersSeen(prometheus: RigPrometheus): Promise<void> {
  await waitFor(
    'Prometheus to see both centres up, and no alert',
    async () => {
      const [up] = await queryNow(prometheus.url, 'sum(up{job="centers"})');
      const alerts = await queryNow(prometheus.url, 'ALERTS{alertname="CenterDown"}');
      return up === 2 && alerts.length === 0;
    },
    30_000,
    100,
  );
}
