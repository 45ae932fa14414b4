import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { startGrafana, type RigGrafana } from '../rig/grafana.js';
import { startHaproxy } from '../rig/haproxy.js';
import { startLoneRedis } from '../rig/lone-redis.js';
import { startNginx } from '../rig/nginx.js';
import { freePort, removeFolder, rigFolder } from '../rig/processes.js';
import { writeInto } from '../rig/project.js';
import { startRedis } from '../rig/redis.js';
import { startService } from '../rig/service.js';
import { startStandIn } from '../rig/stand-in.js';
import { HISTORY_RUNBOOKS, historySettings } from './history-settings.js';
import { startHistoryExporter } from './history-exporter.js';
import { startHistoryPrometheus } from './history-prometheus.js';

/** A running Firebreak with everything around it that a board needs. */
export interface Town {
  /** Where Firebreak itself listens: the console. */
  readonly firebreak: string;
  readonly prometheus: string;
  /** The origin under which a browser finds Grafana, and Firebreak below `/firebreak/`. */
  readonly origin: string;
  readonly haproxy: string;
  readonly grafana: RigGrafana;
  readonly reader: string;
  /** Asks Firebreak's API, as the administrator unless somebody else is named. */
  readonly send: (method: 'GET' | 'POST', path: string, body?: object, as?: 'second') => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly json: Json;
}

const json = z.record(z.string(), z.json());
type Json = z.output<typeof json>;

/** Starts all of it: Firebreak, its Redis, Prometheus, HAProxy with its centres, a cache, services, nginx, Grafana's stand-in. */
export async function startTown(): Promise<Town> {
  const folder = rigFolder('town');
  const secrets = { admin: secret(), second: secret(), reader: secret() };
  const fileOf = (name: keyof typeof secrets): string => writeInto(folder, `${name}.token`, secrets[name]);
  const tokens = { admin: fileOf('admin'), second: fileOf('second'), reader: fileOf('reader') };
  const [port, prometheusPort] = [await freePort(), await freePort()];
  const firebreak = `127.0.0.1:${port}`;
  const centers = await startStandIn(({ path }) => ({ status: path === '/d' ? 503 : 200, text: `center ${path}` }));
  const center = `127.0.0.1:${centers.port}`;
  const [redis, cache, exporter, grafana, haproxy] = await Promise.all([
    startRedis(),
    startLoneRedis(),
    startHistoryExporter(),
    startGrafana(),
    startHaproxy({ a: center, b: center }),
  ]);
  await cache.client.mset(...Array.from({ length: 40 }, (_, i) => [`config:${i}`, 'old']).flat());
  await cache.client.set('feature:recommendations', 'true');
  const nginx = await startNginx({ grafana: new URL(grafana.url).host, firebreak });
  const prometheus = await startHistoryPrometheus(prometheusPort, {
    firebreak,
    services: exporter.address,
    haproxy: haproxy.metrics,
    token: secrets.reader,
  });
  const settings = historySettings({
    prometheus: prometheus.url,
    haproxyAdmin: haproxy.admin,
    haproxyMap: haproxy.map,
    centers: centers.url,
    cachePort: cache.port,
    grafana: grafana.url,
    origin: nginx.url,
    folder,
    tokens,
  });
  const env = { FIREBREAK_REDIS_URL: redis.url, FIREBREAK_PUBLIC_URL: `http://${firebreak}` };
  const service = await startService({ runbooks: HISTORY_RUNBOOKS, settings, env, port });
  const users = everyMoment(() => fetch(haproxy.url).then((answer) => answer.text()));
  return {
    firebreak: service.url,
    prometheus: prometheus.url,
    origin: nginx.url,
    haproxy: haproxy.url,
    grafana,
    reader: secrets.reader,
    send: (method, path, body, as) => send(service.url + path, method, secrets[as ?? 'admin'], body),
    stop: async () => {
      users();
      await Promise.all([nginx.stop(), prometheus.stop(), service.stop()]);
      exporter.stop();
      await Promise.all([haproxy.stop(), redis.stop(), cache.stop(), grafana.close(), centers.close()]);
      removeFolder(folder);
    },
  };
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** Users who ask all the time, so that there is something to measure. */
function everyMoment(ask: () => Promise<unknown>): () => void {
  const timer = setInterval(() => void ask().catch(() => undefined), 50);
  return () => clearInterval(timer);
}

async function send(url: string, method: string, token: string, body?: object): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  return { status: answer.status, json: json.parse(JSON.parse(text)) };
}
