import { join } from 'node:path';
import { z } from 'zod';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { writeInto } from './project.js';
import { waitFor } from './wait-for.js';

/** A real Prometheus that looks ten times in a second, for tests that can't wait. */
export interface QuickPrometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** How a test wants it otherwise. */
export interface QuickOptions {
  /** From one look to the next, and how long one may take. */
  readonly every?: string;
  /** Further arguments of the program. */
  readonly arguments?: readonly string[];
}

/**
 * Starts Prometheus.
 *
 * @param targets `host:port` of what it scrapes
 * @param options how it differs
 */
export async function startQuickPrometheus(
  targets: readonly string[],
  { every = '100ms', arguments: more = [] }: QuickOptions = {},
): Promise<QuickPrometheus> {
  const folder = rigFolder('quick-prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    global: { scrape_interval: every, scrape_timeout: every },
    scrape_configs: [{ job_name: 'quick', static_configs: [{ targets }] }],
  };
  const process = await startProcess({
    name: 'prometheus',
    command: installed('prometheus'),
    args: [
      `--config.file=${writeInto(folder, 'prometheus.yml', JSON.stringify(config))}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      ...more,
    ],
    folder,
    ready: () => answersOk(`http://${address}/-/ready`),
  });
  // Ready is not yet looking: its discovery hands over the first targets up to five seconds later.
  await waitFor('the first scrape of every target', async () => (await scraped(address)) === targets.length, 30_000);
  return {
    url: `http://${address}`,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

const answer = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** How many targets have been looked at, whether they were there or not. */
async function scraped(address: string): Promise<number> {
  const response = await fetch(`http://${address}/api/v1/query?query=up`);
  return response.ok ? answer.parse(await response.json()).data.result.length : 0;
}
