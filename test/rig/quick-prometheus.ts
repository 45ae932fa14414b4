import { join } from 'node:path';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real Prometheus that looks ten times in a second, for tests that can't wait. */
export interface QuickPrometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Prometheus.
 *
 * @param targets `host:port` of what it scrapes
 */
export async function startQuickPrometheus(targets: readonly string[]): Promise<QuickPrometheus> {
  const folder = rigFolder('quick-prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    global: { scrape_interval: '100ms', scrape_timeout: '100ms' },
    scrape_configs: [{ job_name: 'quick', static_configs: [{ targets }] }],
  };
  const process = await startProcess({
    name: 'prometheus',
    command: installed('prometheus'),
    args: [
      `--config.file=${writeInto(folder, 'prometheus.yml', JSON.stringify(config))}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    folder,
    ready: () => answersOk(`http://${address}/-/ready`),
  });
  return {
    url: `http://${address}`,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
