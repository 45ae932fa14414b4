import { join } from 'node:path';
import { z } from 'zod';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { queryNow } from './prometheus-query.js';
import { deployFile, writeInto } from './project.js';

/** A real Prometheus with the shipped rules, all of them, whose alerts come after a fifth of their `for`. */
export interface RulesPrometheus {
  readonly url: string;
  /** The alerts that fire now, and those that would if it stayed so, by name, in the order of the alphabet. */
  readonly alerts: () => Promise<{ readonly firing: readonly string[]; readonly pending: readonly string[] }>;
  /** How many samples the process has of which there are fewest. */
  readonly scrapes: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const RULES = ['centers', 'runbooks', 'thresholds', 'firebreak', 'records'];
const QUICKER = 5;

const answer = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })) }),
});

/**
 * Starts Prometheus, which evaluates every rule each second.
 *
 * @param firebreaks `host:port` of each process of Firebreak
 */
export async function startRulesPrometheus(firebreaks: readonly string[]): Promise<RulesPrometheus> {
  const folder = rigFolder('rules-prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  for (const name of RULES)
    writeInto(folder, `rules/${name}.yml`, quickened(deployFile(`prometheus/rules/${name}.yml`, {})));
  const config = {
    global: { scrape_interval: '3s', scrape_timeout: '3s', evaluation_interval: '1s' },
    rule_files: ['rules/*.yml'],
    scrape_configs: [{ job_name: 'firebreak', static_configs: [{ targets: firebreaks }] }],
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
    ready: () => answersOk(`${url}/-/ready`),
  });
  return {
    url,
    alerts: async () => {
      const { alerts } = answer.parse(await (await fetch(`${url}/api/v1/alerts`)).json()).data;
      const inState = (state: string) =>
        [...new Set(alerts.filter((one) => one.state === state).map(({ labels }) => labels.alertname))].toSorted();
      return { firing: inState('firing'), pending: inState('pending') };
    },
    scrapes: async () => {
      const counts = await queryNow(url, 'count_over_time(firebreak_build_info[10m])');
      return counts.length < firebreaks.length ? 0 : Math.min(...counts);
    },
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** What the rules compare with stays as it is. */
function quickened(rules: string): string {
  return rules
    .replaceAll(/^( +interval: )\w+$/gm, '$11s')
    .replaceAll(/^( +for: )(\d+)([smhd])$/gm, (_, key: string, amount: string, unit: string) => {
      const seconds = (Number(amount) * (UNITS[unit] ?? 1)) / QUICKER;
      return `${key}${Math.ceil(seconds)}s`;
    });
}
