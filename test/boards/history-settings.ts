import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../rig/project.js';
import { NO_GOVERNOR } from '../rig/service.js';

const GUARDS = 'guards: { cooldown: 0s, storm: off, recurrence: off }';

/** A runbook that switches a practice lamp; each is for one course of things. */
function lamp(name: string, mode: string, more: readonly string[], step = SWITCH): string {
  const guards = more.some((line) => line.startsWith('guards:')) ? [] : [GUARDS];
  const lines = [...guards, ...more].map((line) => `  ${line}\n`).join('');
  return `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: 'Switch a lamp (${name})', owner: team-lamps }
spec:
  match: ['alertname="LampOut"', 'way="${name}"']
  target: 'lamp/{{labels.lamp}}'
  mode: ${mode}
  steps:
    - ${step}
${lines}`;
}

const SWITCH = "{ name: switch, uses: practice/lamp, with: { lamp: '{{labels.lamp}}', state: on }, timeout: 10s }";
const IMPOSSIBLE =
  "{ name: evict, uses: evict-stale-cache/redis, attempts: 1, with: { cache: gone, match: 'config:*', keysPerSecond: 100 } }";
const shines = (which: string, more = ''): string =>
  `verify: { probe: practice/lamp, with: { lamp: ${which} }, every: 200ms, healthy: 1, unhealthy: 2, within: 1m${more} }`;
const OWN = "'{{labels.lamp}}'";
const UNDECIDED =
  "verify: { probe: prometheus/query, with: { query: 'nobody_knows_this', healthy: '> 0' }, every: 5s, unknown: 900, within: 1h }";

/**
 * As it is shipped, but without rest between two runs, for keys that are not as old, and with a longer look back: on a busy
 * machine Prometheus misses a look now and then.
 */
function shipped(name: string): string {
  const text = readFileSync(join(projectRoot, 'runbooks', `${name}.yaml`), 'utf8');
  const hasty = text.replace(/cooldown: \w+/, 'cooldown: 0s').replaceAll('idleLongerThan: 30m', 'idleLongerThan: 1s');
  return hasty.replaceAll('[3s]', '[5s]');
}

/** The runbooks of the history, by the name of their file. */
export const HISTORY_RUNBOOKS: Readonly<Record<string, string>> = {
  'cut-over-center.yaml': withObjective(shipped('cut-over-center')),
  'evict-stale-cache.yaml': shipped('evict-stale-cache'),
  'degrade-feature.yaml': shipped('degrade-feature'),
  'careful.yaml': lamp('careful', 'approve', [shines(OWN), 'objective: { dataLoss: 5s }']),
  'hasty.yaml': lamp('hasty', 'approve', ['approval: { within: 1s }']),
  'quick.yaml': lamp('quick', 'auto', [shines(OWN), 'objective: { recovery: 1s }']),
  'leased.yaml': lamp('leased', 'auto', [shines(OWN), 'lease: 2h']),
  'vain.yaml': lamp('vain', 'auto', [shines('dark')]),
  'puzzling.yaml': lamp('puzzling', 'auto', [shines('dark'), 'onUnhealthy: hold']),
  'undecided.yaml': lamp('undecided', 'auto', [UNDECIDED]),
  'broken.yaml': lamp('broken', 'auto', [], IMPOSSIBLE),
  'watching.yaml': lamp('watching', 'observe', []),
  'rare.yaml': lamp('rare', 'auto', ['guards: { cooldown: 1h, storm: off, maxAlertAge: 10m }']),
  'stormy.yaml': lamp('stormy', 'approve', ['guards: { cooldown: 0s, storm: { distinctTargets: 2, per: 10m } }']),
};

/** Until a shipped one says so itself. */
function withObjective(text: string): string {
  return /^ {2}objective:/m.test(text) ? text : `${text}  objective: { recovery: 12s, dataLoss: 0s }\n`;
}

/** Where the parts of the history are. */
export interface HistoryPeers {
  readonly prometheus: string;
  readonly haproxyAdmin: string;
  readonly haproxyMap: string;
  readonly centers: string;
  readonly cachePort: number;
  readonly grafana: string;
  /** The origin at which a browser sees Grafana and Firebreak. */
  readonly origin: string;
  readonly folder: string;
  readonly tokens: Readonly<Record<'admin' | 'second' | 'reader', string>>;
}

/** The text of firebreak.yaml. */
export function historySettings(peers: HistoryPeers): string {
  const centers = ['a', 'b', 'c', 'd', 'e'].map((id) => `${id}: '${peers.centers}/${id}'`).join(', ');
  return `
plugins:
  practice: { file: ${join(peers.folder, 'practice.json')} }
  prometheus: { url: '${peers.prometheus}' }
  cut-over-center:
    endpoint: '${peers.haproxyAdmin}'
    maps: { colours: ${peers.haproxyMap} }
    health: { centers: { ${centers} } }
    readiness: { prometheus: '${peers.prometheus}' }
  evict-stale-cache:
    redis:
      caches: { main: { host: 127.0.0.1, port: ${peers.cachePort}, prefixes: ['config:'], limits: { keys: 100000, percent: 100, keysPerSecond: 10000 } }, gone: { host: 127.0.0.1, port: 1, prefixes: ['config:'] } }
  degrade-feature:
    redis: { servers: { flags: { host: 127.0.0.1, port: ${peers.cachePort}, prefix: 'feature:', features: [recommendations] } } }
probes:
  - { name: center-health, probe: cut-over-center/center-health, with: { center: '{{center.id}}' }, every: 500ms, each: centers }
  - name: ready
    probe: cut-over-center/readiness
    with:
      center: b
      from: a
      headroom: { load: 'max by (center) (orders_load / orders_capacity)', capacity: 1, least: 0.2 }
      lag: { query: 'max by (center) (orders_replication_lag_seconds)', most: 5s }
    every: 1s
    center: b
access:
  rateLimit: { perMinute: 1000000 }
  grafana: { url: '${peers.grafana}', origin: '${peers.origin}', cacheFor: 30s }
tokens:
  - { name: admin, roles: [admin], file: ${peers.tokens.admin} }
  - { name: second, roles: [approver], file: ${peers.tokens.second} }
  - { name: reader, roles: [viewer], file: ${peers.tokens.reader} }
${NO_GOVERNOR}`;
}
