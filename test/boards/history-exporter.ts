import { createServer } from 'node:http';
import { Gauge, Histogram, Registry } from 'prom-client';
import { freePort } from '../rig/processes.js';

/** The services that Firebreak looks after, as their own metrics tell of them. */
export interface HistoryExporter {
  /** `host:port`. */
  readonly address: string;
  readonly stop: () => void;
}

/** What `shop` and `search` are like: the cache of the shop is stale. */
export const SERVICES = {
  shop: { hitRate: 0.71, staleSeconds: 420, fallbackMs: [30, 180, 640, 720, 900] },
  search: { hitRate: 0.97, staleSeconds: 12, fallbackMs: [8, 9, 30, 40, 45] },
} as const;

/** How long requests take where, in seconds: everywhere within the limit, and slower than usual in `c`. */
const CENTERS = { a: 0.06, b: 0.07, c: 0.4 };

/** How long features take, in seconds: recommendations are slow. */
const FEATURES = { recommendations: 1.6, search: 0.08 };

/** How far apart centres are measured to be; nobody measures the link to `e`. */
const LINKS = [
  ['a', 'b', 0.0036],
  ['a', 'c', 0.0301],
  ['c', 'd', 0.0061],
] as const;

/** Starts an exporter in this process; with each look a few more fallbacks have happened. */
export async function startHistoryExporter(): Promise<HistoryExporter> {
  const registers = [new Registry()];
  const help = 'For the tests of the boards.';
  const gauge = (name: string, ...labelNames: string[]): Gauge => new Gauge({ name, help, labelNames, registers });
  const times = (name: string, ...labelNames: string[]): Histogram =>
    new Histogram({ name, help, labelNames, buckets: [0.05, 0.1, 0.2, 0.5, 1, 2], registers });
  const hitRate = gauge('cache_hit_rate', 'service');
  const stale = gauge('config_stale_seconds', 'service');
  const fallback = new Histogram({
    name: 'fallback_duration_ms',
    help: 'How long fallbacks take.',
    labelNames: ['service'],
    buckets: [10, 50, 200, 500, 1000],
    registers,
  });
  const requests = times('http_request_duration_seconds', 'service', 'center');
  const features = times('feature_duration_seconds', 'service', 'feature');
  const blackbox = gauge('probe_duration_seconds', 'from', 'to');
  for (const [from, to, seconds] of LINKS) blackbox.set({ from, to }, seconds);
  const lag = gauge('orders_replication_lag_seconds', 'center');
  const load = gauge('orders_load', 'center');
  const capacity = gauge('orders_capacity', 'center');
  for (const [service, { hitRate: rate, staleSeconds }] of Object.entries(SERVICES)) {
    hitRate.set({ service }, rate);
    stale.set({ service }, staleSeconds);
  }
  lag.set({ center: 'b' }, 0.4);
  for (const [center, value] of [
    ['a', 320],
    ['b', 40],
  ] as const) {
    load.set({ center }, value);
    capacity.set({ center }, 1_000);
  }
  const port = await freePort();
  const server = createServer((_, response) => {
    for (const [service, { fallbackMs }] of Object.entries(SERVICES))
      for (const ms of fallbackMs) fallback.observe({ service }, ms);
    for (const [center, seconds] of Object.entries(CENTERS))
      for (let i = 0; i < 20; i++) requests.observe({ service: 'shop', center }, seconds);
    for (const [feature, seconds] of Object.entries(FEATURES)) features.observe({ service: 'shop', feature }, seconds);
    const [registry = new Registry()] = registers;
    response.setHeader('content-type', registry.contentType);
    registry.metrics().then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
