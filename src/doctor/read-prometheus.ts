import { z } from 'zod';
import { jobsIn, windowsIn } from './expression.js';
import { duration, readYaml, texts, type Read } from './read-yaml.js';

/** One alert rule with the times that hold for it, in milliseconds. */
export interface AlertRule {
  readonly name: string;
  /** The labels that the alert will have for certain: its name, the rule's, the group's and the external ones. */
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeInterval: number;
  readonly scrapeTimeout: number;
  readonly evaluationInterval: number;
  readonly queryOffset: number;
  readonly for: number;
  /** The expression names no known job, so the slowest one was taken. */
  readonly jobGuessed: boolean;
  /** What the expression looks back over, such as `5m`. */
  readonly windows: readonly string[];
}

/** What a prometheus.yml and its rule files say about the way of an alert. */
export interface PrometheusSettings {
  readonly rules: readonly AlertRule[];
  /** `host:port` of everything that is sent alerts. */
  readonly alertmanagers: readonly string[];
  /** Alertmanagers are found by service discovery, so their number is not known. */
  readonly alertmanagersDiscovered: boolean;
}

const scrapeTimes = { scrape_interval: duration.optional(), scrape_timeout: duration.optional() };

const main = z.object({
  global: z
    .object({
      ...scrapeTimes,
      evaluation_interval: duration.optional(),
      rule_query_offset: duration.optional(),
      external_labels: texts.nullish(),
    })
    .nullish(),
  rule_files: z.array(z.string()).nullish(),
  scrape_configs: z.array(z.object({ job_name: z.string(), ...scrapeTimes })).nullish(),
  alerting: z
    .object({
      alertmanagers: z
        .array(z.looseObject({ static_configs: z.array(z.object({ targets: z.array(z.string()) })).nullish() }))
        .nullish(),
    })
    .nullish(),
});

const ruleFile = z.object({
  groups: z
    .array(
      z.object({
        name: z.string(),
        interval: duration.optional(),
        query_offset: duration.optional(),
        labels: texts.nullish(),
        rules: z
          .array(
            z.object({
              alert: z.string().optional(),
              expr: z.union([z.string(), z.number()]).transform(String),
              for: duration.optional(),
              labels: texts.nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

type Main = z.infer<typeof main>;
type Group = NonNullable<z.infer<typeof ruleFile>['groups']>[number];
type Job = { readonly name: string; readonly interval: number; readonly timeout: number };

/** A file's name and content. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** Gives the `rule_files` patterns of a prometheus.yml. */
export function ruleFilesOf(config: TextFile): Read<readonly string[]> {
  const read = readYaml(config.file, config.text, main);
  return read.ok ? { ok: true, value: read.value.rule_files ?? [] } : read;
}

/** Reads a prometheus.yml and its rule files, with Prometheus' own defaults for what is not said. */
export function readPrometheus(config: TextFile, ruleFiles: readonly TextFile[]): Read<PrometheusSettings> {
  const read = readYaml(config.file, config.text, main);
  const files = ruleFiles.map(({ file, text }) => readYaml(file, text, ruleFile));
  const problems = [read, ...files].flatMap((one) => (one.ok ? [] : one.problems));
  if (!read.ok || problems.length > 0) return { ok: false, problems };
  const jobs = jobsOf(read.value);
  const groups = files.flatMap((one) => (one.ok ? (one.value.groups ?? []) : []));
  const senders = read.value.alerting?.alertmanagers ?? [];
  return {
    ok: true,
    value: {
      rules: groups.flatMap((group) => alertRules(group, read.value, jobs)),
      alertmanagers: senders.flatMap((one) => (one.static_configs ?? []).flatMap((fixed) => fixed.targets)),
      alertmanagersDiscovered: senders.some((one) => Object.keys(one).some(isDiscovery)),
    },
  };
}

function jobsOf({ global, scrape_configs: jobs }: Main): readonly Job[] {
  const interval = global?.scrape_interval ?? 60_000;
  const timeout = global?.scrape_timeout ?? Math.min(10_000, interval);
  return (jobs ?? []).map((job) => {
    const own = job.scrape_interval ?? interval;
    return { name: job.job_name, interval: own, timeout: job.scrape_timeout ?? Math.min(timeout, own) };
  });
}

function alertRules(group: Group, { global }: Main, jobs: readonly Job[]): readonly AlertRule[] {
  return (group.rules ?? []).flatMap((rule) => {
    if (rule.alert === undefined) return [];
    const named = jobsIn(
      rule.expr,
      jobs.map((job) => job.name),
    );
    const read = named.length === 0 ? jobs : jobs.filter((job) => named.includes(job.name));
    return {
      name: rule.alert,
      labels: { ...global?.external_labels, ...group.labels, ...rule.labels, alertname: rule.alert },
      // An expression is as fresh as the slowest of what it reads.
      scrapeInterval: Math.max(...read.map((job) => job.interval), 0) || (global?.scrape_interval ?? 60_000),
      scrapeTimeout: Math.max(...read.map((job) => job.timeout), 0) || 10_000,
      evaluationInterval: group.interval ?? global?.evaluation_interval ?? 60_000,
      queryOffset: group.query_offset ?? global?.rule_query_offset ?? 0,
      for: rule.for ?? 0,
      jobGuessed: named.length === 0,
      windows: windowsIn(rule.expr),
    };
  });
}

function isDiscovery(key: string): boolean {
  return key.endsWith('_sd_configs');
}
