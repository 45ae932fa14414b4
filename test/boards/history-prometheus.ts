import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from '../rig/exchange.js';
import { installed } from '../rig/installed.js';
import { removeFolder, rigFolder, startProcess } from '../rig/processes.js';
import { projectRoot, writeInto } from '../rig/project.js';

/** A real Prometheus with the rules that are shipped. */
export interface HistoryPrometheus {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** What it scrapes, each as `host:port`. */
export interface Scraped {
  readonly firebreak: string;
  readonly services: string;
  readonly haproxy: string;
  /** Secret of a token that may read. */
  readonly token: string;
}

/**
 * Starts it: it looks every second, and rules are evaluated every second and fire at once, so that no test has to wait for
 * the minutes that they wait for in earnest.
 *
 * @param port of 127.0.0.1
 */
export async function startHistoryPrometheus(port: number, scraped: Scraped): Promise<HistoryPrometheus> {
  const folder = rigFolder('history-prometheus');
  const rules = join(projectRoot, 'deploy', 'prometheus', 'rules');
  // the rules for the direct path are the same ones with other names
  const files = readdirSync(rules).filter((name) => name.endsWith('.yml') && !name.includes('direct'));
  const hurried = (text: string): string =>
    text.replaceAll(/^(\s+interval): .*$/gm, '$1: 1s').replaceAll(/^(\s+for): .*$/gm, '$1: 1s');
  for (const name of files) writeInto(folder, `rules/${name}`, hurried(readFileSync(join(rules, name), 'utf8')));
  const authorization = { credentials: scraped.token };
  const job = (job_name: string, target: string, more: object = {}): object => ({
    job_name,
    static_configs: [{ targets: [target] }],
    ...more,
  });
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' },
    rule_files: ['rules/*.yml'],
    scrape_configs: [
      job('firebreak', scraped.firebreak, { authorization }),
      job('services', scraped.services),
      job('haproxy', scraped.haproxy),
    ],
  };
  const process = await startProcess({
    name: 'prometheus',
    command: installed('prometheus'),
    args: [
      `--config.file=${writeInto(folder, 'prometheus.yml', JSON.stringify(config))}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    folder,
    ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
