import { join } from 'node:path';
import { z } from 'zod';
import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { queryNow } from './prometheus-query.js';
import { deployFile, writeInto } from './project.js';
import { waitFor } from './wait-for.js';

/** A real Prometheus with the shipped rules, all of them, whose alerts come after a third of their `for`. */
export interface RulesPrometheus {
  readonly url: string;
  /** The alerts that fire now, and those that would if it stayed so, by name, in the order of the alphabet. */
  readonly alerts: () => Promise<{ readonly firing: readonly string[]; readonly pending: readonly string[] }>;
  /** The names of those that have fired, for however short a time. */
  readonly fired: () => Promise<readonly string[]>;
  /** How many samples the process has of which there are fewest. */
  readonly scrapes: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const RULES = ['centers', 'runbooks', 'thresholds', 'firebreak', 'records'];
/** One look that a busy machine spoils must not be enough: the shortest `for` is then longer than from one look to the next. */
const QUICKER = 3;

const answer = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })) }),
});

const past = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.object({ alertname: z.string() }) })) }),
});

/**
 * Starts Prometheus, which evaluates every rule each second from when it has looked at every process: until its first
 * look, up to eight seconds, nobody is there for it, and a third of a `for` may be shorter than that.
 *
 * @param firebreaks `host:port` of each process of Firebreak
 */
export async function startRulesPrometheus(firebreaks: readonly string[]): Promise<RulesPrometheus> {
  const folder = rigFolder('rules-prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
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
  const scrapes = async () => {
    const counts = await queryNow(url, 'count_over_time(firebreak_build_info[10m])');
    return counts.length < firebreaks.length ? 0 : Math.min(...counts);
  };
  await waitFor('the first look at every process', async () => (await scrapes()) > 0, 30_000);
  for (const name of RULES)
    writeInto(folder, `rules/${name}.yml`, quickened(deployFile(`prometheus/rules/${name}.yml`, {})));
  process.signal('SIGHUP');
  await waitFor('the rules to be in force', async () => (await ruleFiles(url)) === RULES.length, 30_000);
  return {
    url,
    scrapes,
    fired: async () => {
      const query = new URLSearchParams({ query: 'count_over_time(ALERTS{alertstate="firing"}[10m])' });
      const { result } = past.parse(await (await fetch(`${url}/api/v1/query?${query}`)).json()).data;
      return result.map(({ metric }) => metric.alertname).toSorted();
    },
    alerts: async () => {
      const { alerts } = answer.parse(await (await fetch(`${url}/api/v1/alerts`)).json()).data;
      const inState = (state: string) =>
        [...new Set(alerts.filter((one) => one.state === state).map(({ labels }) => labels.alertname))].toSorted();
      return { firing: inState('firing'), pending: inState('pending') };
    },
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}

const groups = z.object({ data: z.object({ groups: z.array(z.object({ file: z.string() })) }) });

async function ruleFiles(url: string): Promise<number> {
  const { data } = groups.parse(await (await fetch(`${url}/api/v1/rules`)).json());
  return new Set(data.groups.map(({ file }) => file)).size;
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
