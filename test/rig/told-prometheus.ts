import { createServer } from 'node:http';
import { join } from 'node:path';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real Prometheus that knows what a test tells it, within a fraction of a second. */
export interface ToldPrometheus {
  readonly url: string;
  readonly process: RunningProcess;
  /** From now on there are these series and no others; each is written as in the exposition format. */
  tell(series: Readonly<Record<string, number>>): void;
  readonly stop: () => Promise<void>;
}

/** Starts Prometheus, scraping an exporter in this process ten times a second. */
export async function startToldPrometheus(): Promise<ToldPrometheus> {
  let told: Readonly<Record<string, number>> = {};
  const exporter = createServer((_, response) => {
    const lines = Object.entries(told).map(([series, value]) => `${series} ${value}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(lines.join(''));
  });
  const [port, scraped] = [await freePort(), await freePort()];
  await new Promise<void>((resolve) => exporter.listen(scraped, '127.0.0.1', resolve));
  const folder = rigFolder('told-prometheus');
  const config = `scrape_configs: [{ job_name: told, scrape_interval: 100ms, scrape_timeout: 100ms, static_configs: [{ targets: ['127.0.0.1:${scraped}'] }] }]`;
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    name: 'prometheus',
    command: installed('prometheus'),
    args: [
      `--config.file=${writeInto(folder, 'prometheus.yml', config)}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    ready: () => answersOk(`${url}/-/ready`),
  });
  return {
    url,
    process,
    tell: (series) => (told = series),
    stop: async () => {
      exporter.closeAllConnections();
      exporter.close();
      await process.stop();
      removeFolder(folder);
    },
  };
}
