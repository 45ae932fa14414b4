import { answersOk, exchange } from '../exchange.js';
import { installed } from '../installed.js';
import type { Place } from '../place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from '../processes.js';
import { writeInto } from '../project.js';

/** The load balancer of a drill. */
export interface DrillHaproxy {
  /** Where users come in. */
  readonly url: string;
  readonly publicPort: number;
  readonly metricsPort: number;
  readonly adminPort: number;
  /** The file of the canary's map, as the configuration names it. */
  readonly map: string;
  readonly process: RunningProcess;
  /** Sends one command to the runtime API and gives its answer. */
  readonly tell: (command: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The header whose value the map of the canary turns into the name of a server. */
export const CANARY_HEADER = 'x-env';

/**
 * Starts HAProxy in front of the service "orders" of all centres. Requests with the header `x-env: <value>` go to the
 * server that the map gives for the value, if it gives one; all others go to the servers that are ready.
 *
 * @param place where it runs
 * @param centers name and `host:port` of each; the first serves, the others are kept out
 */
export async function startDrillHaproxy(
  place: Place,
  centers: Readonly<Record<string, string>>,
): Promise<DrillHaproxy> {
  const folder = rigFolder('drill-haproxy');
  const { host } = place;
  const [publicPort, metricsPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const map = writeInto(folder, 'canary.map', '');
  const config = `
global
    stats socket ipv4@${host}:${adminPort} level admin
    stats timeout 30s
    nbthread 1

defaults
    mode http
    timeout connect 300ms
    timeout client 5s
    timeout server 1s
    timeout queue 300ms
    retries 0

frontend public
    bind ${host}:${publicPort}
    http-request set-var(txn.canary) req.hdr(${CANARY_HEADER}),map_str(${map})
    use_backend canary if { var(txn.canary) -m found }
    default_backend orders

backend orders
    balance roundrobin
${servers(centers, (index) => (index === 0 ? '' : ' disabled'))}

# The same servers, chosen by the map and not by their state.
backend canary
    balance roundrobin
${Object.keys(centers)
  .map((name) => `    use-server ${name} if { var(txn.canary) -m str ${name} }`)
  .join('\n')}
${servers(centers, () => '')}

frontend metrics
    bind ${host}:${metricsPort}
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 200 content-type text/plain string "ok" if { path /healthz }
`;
  const [command, ...through] = [...place.through, installed('haproxy')];
  const process = await startProcess({
    name: 'haproxy',
    command,
    args: [...through, '-db', '-f', writeInto(folder, 'haproxy.cfg', config)],
    folder,
    ready: () => answersOk(`http://${host}:${metricsPort}/healthz`),
  });
  return {
    url: `http://${host}:${publicPort}`,
    publicPort,
    metricsPort,
    adminPort,
    map,
    process,
    tell: async (text) => (await exchange({ host, port: adminPort }, `${text}\n`)).trim(),
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

function servers(centers: Readonly<Record<string, string>>, extra: (index: number) => string): string {
  return Object.entries(centers)
    .map(([name, address], index) => `    server ${name} ${address}${extra(index)}`)
    .join('\n');
}
