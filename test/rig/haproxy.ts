import { join } from 'node:path';
import { answersOk, exchange } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { deployFile, writeInto } from './project.js';

/** A real HAProxy in front of two centres, with its runtime API on a TCP and a unix socket. */
export interface RigHaproxy {
  /** Where users come in. */
  readonly url: string;
  /** `host:port` of the metrics for Prometheus. */
  readonly metrics: string;
  /** `host:port` of the runtime API. */
  readonly admin: string;
  readonly adminSocket: string;
  /** The file of the canary's map, as the configuration names it. */
  readonly map: string;
  readonly process: RunningProcess;
  /** Sends one command to the runtime API and gives its answer. */
  readonly tell: (command: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts HAProxy with `deploy/haproxy/haproxy.cfg`.
 *
 * @param centers `host:port` of both centres; `a` serves, `b` stands by
 */
export async function startHaproxy(centers: { readonly a: string; readonly b: string }): Promise<RigHaproxy> {
  const folder = rigFolder('haproxy');
  const [publicPort, metricsPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const adminSocket = join(folder, 'admin.sock');
  const map = writeInto(folder, 'colours.map', deployFile('haproxy/colours.map', {}));
  const config = deployFile('haproxy/haproxy.cfg', {
    'center-a:8080': centers.a,
    'center-b:8080': centers.b,
    '*:8080': `127.0.0.1:${publicPort}`,
    '*:8404': `127.0.0.1:${metricsPort}`,
    'ipv4@*:9999': `ipv4@127.0.0.1:${adminPort}`,
    '/var/lib/haproxy/admin.sock': adminSocket,
    '/usr/local/etc/haproxy/colours.map': map,
  });
  const process = await startProcess({
    name: 'haproxy',
    command: installed('haproxy'),
    args: ['-db', '-f', writeInto(folder, 'haproxy.cfg', config)],
    folder,
    ready: () => answersOk(`http://127.0.0.1:${metricsPort}/healthz`),
  });
  return {
    url: `http://127.0.0.1:${publicPort}`,
    metrics: `127.0.0.1:${metricsPort}`,
    admin: `127.0.0.1:${adminPort}`,
    adminSocket,
    map,
    process,
    tell: async (command) => (await exchange({ host: '127.0.0.1', port: adminPort }, `${command}\n`)).trim(),
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
