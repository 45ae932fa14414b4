import { join } from 'node:path';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { deployFile, writeInto } from './project.js';

/** Which way an alert takes: through Alertmanager, or straight from Prometheus to Firebreak. */
export type Via = 'alertmanager' | 'prometheus';

/** A real Prometheus that scrapes the centres and HAProxy every second. */
export interface RigPrometheus {
  readonly url: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/** Where the parts are that Prometheus scrapes and notifies, each as `host:port`. */
export interface PrometheusPeers {
  readonly centerA: string;
  readonly centerB: string;
  readonly haproxyMetrics: string;
  readonly blackbox: string;
  readonly alertmanager: string;
  readonly firebreak: string;
  readonly tokenFile: string;
  /** Further files of `deploy/prometheus/rules/`. */
  readonly rules?: readonly string[];
}

/** Starts Prometheus with `deploy/prometheus/prometheus.yml`, or with `prometheus-direct.yml` for the direct path. */
export async function startPrometheus(via: Via, peers: PrometheusPeers): Promise<RigPrometheus> {
  const folder = rigFolder('prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const direct = via === 'prometheus';
  const suffix = direct ? '-direct' : '';
  const config = deployFile(`prometheus/prometheus${suffix}.yml`, {
    'center-a:8080': peers.centerA,
    'center-b:8080': peers.centerB,
    'haproxy:8404': peers.haproxyMetrics,
    'blackbox:9115': peers.blackbox,
    'alertmanager:9093': peers.alertmanager,
    'firebreak:9700': peers.firebreak,
    ...(direct ? { '/run/secrets/alert-token': peers.tokenFile } : {}),
  });
  // Only what the demonstration is about: a rule file that is not there is none.
  const rules = `rules/centers${suffix}.yml`;
  for (const file of [rules, ...(peers.rules ?? []).map((name) => `rules/${name}`)])
    writeInto(folder, file, deployFile(`prometheus/${file}`, {}));
  const process = await startProcess({
    name: 'prometheus',
    command: installed('prometheus'),
    args: [
      `--config.file=${writeInto(folder, 'prometheus.yml', config)}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    folder,
    ready: () => answersOk(`http://${address}/-/ready`),
  });
  return {
    url: `http://${address}`,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
