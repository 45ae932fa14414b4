import { describe, expect, it } from 'vitest';
import { examine, type Examination } from './examine.js';
import { readAlertmanager } from './read-alertmanager.js';
import { readPrometheus } from './read-prometheus.js';

const FAST = 'scrape_configs: [{ job_name: centers, scrape_interval: 1s }]';
const RULES = `
groups:
  - name: dr
    interval: 1s
    rules:
      - { alert: CenterDown, expr: 'up{job="centers"} == 0', for: 2s, labels: { runbook: cut-over-center } }
      - { alert: DiskFull, expr: 'disk_free{job="centers"} < 1' }`;

function alertmanager(webhook = '', route = 'group_wait: 1s, group_interval: 2s'): string {
  return `
route: { receiver: people, routes: [{ matchers: ['runbook!=""'], receiver: firebreak, ${route} }] }
receivers: [{ name: people }, { name: firebreak, webhook_configs: [{ url: 'http://firebreak:9700/api/v1/alert/trigger' ${webhook} }] }]`;
}

function examination(prometheusText: string, alertmanagerText: string, rules = RULES): Examination {
  const prometheus = readPrometheus({ file: 'p.yml', text: prometheusText }, [{ file: 'r.yml', text: rules }]);
  const am = readAlertmanager('am.yml', alertmanagerText);
  if (!prometheus.ok || !am.ok) throw new Error('a file of this test is wrong');
  return examine(prometheus.value, am.value, () => []);
}

describe('examine', () => {
  it('takes each alert along its route: 1 + 1 + 2 + 1 + 0.05, and one second more for the next incident', () => {
    const { paths, elsewhere } = examination(FAST, alertmanager());
    expect(paths).toHaveLength(1);
    expect(paths[0]).toMatchObject({
      via: 'alertmanager',
      nextIncidentMs: 6_050,
      bound: { crashMs: 5_050, hangMs: 6_050 },
    });
    expect(elsewhere).toEqual(['DiskFull']);
  });

  it('says the same once of all alerts that it holds for, and nothing about the way of those that do not come', () => {
    const twice = RULES.replace(
      'groups:',
      'groups:\n  - { name: more, rules: [{ alert: DiskFuller, expr: "rate(a[5m]) > 1" }] }',
    );
    const { notes } = examination(FAST, alertmanager(), twice);
    expect(notes).toContain(
      'DiskFuller, DiskFull: routes ask for runbook, which the rule does not set; taken as absent.',
    );
    expect(notes.join()).not.toContain('5m');
  });

  it('finds the direct path, which has no group_wait and takes every alert', () => {
    const { paths } = examination(
      `${FAST}\nalerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093', 'firebreak:9700'] }] }] }`,
      alertmanager(),
    );
    expect(paths.map((path) => [path.rule.name, path.via, path.bound.crashMs])).toEqual([
      ['CenterDown', 'alertmanager', 5_050],
      ['CenterDown', 'prometheus', 4_050],
      ['DiskFull', 'prometheus', 2_050],
    ]);
  });

  it.each([
    ['group_wait: 0s', FAST, alertmanager('', 'group_wait: 0s')],
    ['send_resolved is false', FAST, alertmanager(', send_resolved: false')],
    ['max_alerts 5 cuts', FAST, alertmanager(', max_alerts: 5')],
    ['routes ask for runbook', FAST, alertmanager()],
    [
      '--cluster.peer-timeout=1s',
      `${FAST}\nalerting: { alertmanagers: [{ static_configs: [{ targets: ['a:1', 'b:1'] }] }] }`,
      alertmanager(),
    ],
    ['Alertmanagers are discovered', `${FAST}\nalerting: { alertmanagers: [{ dns_sd_configs: [] }] }`, alertmanager()],
    ['No receiver calls', FAST, alertmanager().replace('/api/v1/alert/trigger', '/')],
    ['names no job of this file', 'scrape_configs: [{ job_name: other }]', alertmanager()],
  ])('notes: %s', (note, prometheusText, alertmanagerText) => {
    expect(examination(prometheusText, alertmanagerText).notes.join('\n')).toContain(note);
  });
});
