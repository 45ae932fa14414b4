import { describe, expect, it } from 'vitest';
import { readPrometheus, ruleFilesOf, type PrometheusSettings } from './read-prometheus.js';

function settings(config: string, ...rules: readonly string[]): PrometheusSettings {
  const read = readPrometheus(
    { file: 'prometheus.yml', text: config },
    rules.map((text, i) => ({ file: `rules-${i}.yml`, text })),
  );
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.value;
}

const oneRule = (more = ''): string => `
groups:
  - name: dr
    rules:
      - alert: CenterDown
        expr: up{job="centers"} == 0
${more}`;

describe('readPrometheus', () => {
  it('has the defaults of Prometheus: a minute, a minute, ten seconds', () => {
    const [rule] = settings('scrape_configs: [{ job_name: centers }]', oneRule()).rules;
    expect(rule).toMatchObject({ scrapeInterval: 60_000, scrapeTimeout: 10_000, evaluationInterval: 60_000, for: 0 });
  });

  it('never has a time-out above the interval when none is said', () => {
    const global = settings('global: { scrape_interval: 5s }\nscrape_configs: [{ job_name: centers }]', oneRule());
    expect(global.rules[0]).toMatchObject({ scrapeInterval: 5_000, scrapeTimeout: 5_000 });
    const own = settings('scrape_configs: [{ job_name: centers, scrape_interval: 1s }]', oneRule());
    expect(own.rules[0]).toMatchObject({ scrapeInterval: 1_000, scrapeTimeout: 1_000 });
  });

  it('prefers what the group and the job say', () => {
    const [rule] = settings(
      `
global: { scrape_interval: 15s, evaluation_interval: 15s, rule_query_offset: 10s }
scrape_configs: [{ job_name: centers, scrape_interval: 1s, scrape_timeout: 500ms }, { job_name: slow }]`,
      `
groups:
  - name: dr
    interval: 2s
    query_offset: 0s
    rules: [{ alert: CenterDown, expr: 'up{job="centers"} == 0', for: 1m }, { record: x, expr: '1' }]`,
    ).rules;
    expect(rule).toMatchObject({
      scrapeInterval: 1_000,
      scrapeTimeout: 500,
      evaluationInterval: 2_000,
      queryOffset: 0,
      for: 60_000,
      jobGuessed: false,
    });
  });

  it('takes the slowest job when the expression names none, and says so', () => {
    const [rule] = settings(
      'scrape_configs: [{ job_name: fast, scrape_interval: 1s }, { job_name: slow, scrape_interval: 30s }]',
      `groups: [{ name: g, rules: [{ alert: A, expr: 'rate(errors_total[5m]) > 1' }] }]`,
    ).rules;
    expect(rule).toMatchObject({ scrapeInterval: 30_000, scrapeTimeout: 10_000, jobGuessed: true, windows: ['5m'] });
  });

  it('collects the labels an alert has for certain, the rule above the group above the external ones', () => {
    const [rule] = settings(
      'global: { external_labels: { region: east, tier: 1 } }',
      `groups: [{ name: g, labels: { team: sre, tier: 2 }, rules: [{ alert: A, expr: up, labels: { tier: 3 } }] }]`,
    ).rules;
    expect(rule?.labels).toEqual({ region: 'east', team: 'sre', tier: '3', alertname: 'A' });
  });

  it('knows who is sent alerts', () => {
    const { alertmanagers, alertmanagersDiscovered } = settings(`
alerting:
  alertmanagers:
    - static_configs: [{ targets: ['alertmanager:9093', 'alertmanager-2:9093'] }]
    - dns_sd_configs: [{ names: [x] }]`);
    expect(alertmanagers).toEqual(['alertmanager:9093', 'alertmanager-2:9093']);
    expect(alertmanagersDiscovered).toBe(true);
  });

  it('names every wrong value with its place', () => {
    const read = readPrometheus({ file: 'prometheus.yml', text: 'global: { scrape_interval: soon }' }, [
      { file: 'rules.yml', text: 'groups: [{ name: g, rules: [{ alert: A, expr: up, for: 5 minutes }] }]' },
    ]);
    expect(read).toEqual({
      ok: false,
      problems: [
        expect.stringMatching(/^prometheus.yml: global.scrape_interval: "soon" is not a duration/),
        expect.stringMatching(/^rules.yml: groups.0.rules.0.for: "5 minutes" is not a duration/),
      ],
    });
  });
});

describe('ruleFilesOf', () => {
  it('gives the patterns, and a problem for what is not YAML', () => {
    expect(ruleFilesOf({ file: 'p.yml', text: 'rule_files: [rules/*.yml]' })).toEqual({
      ok: true,
      value: ['rules/*.yml'],
    });
    expect(ruleFilesOf({ file: 'p.yml', text: 'a: [' }).ok).toBe(false);
  });
});
