import { describe, expect, it } from 'vitest';
import { readAlertmanager, type AlertmanagerSettings } from './read-alertmanager.js';
import { routesOf } from './routes-of.js';

function settings(text: string): AlertmanagerSettings {
  const read = readAlertmanager('alertmanager.yml', text);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.value;
}

function receivers(text: string, labels: Readonly<Record<string, string>>): readonly string[] {
  return routesOf(settings(text).route, labels).routes.map((route) => route.receiver);
}

const TREE = `
route:
  receiver: people
  group_wait: 10s
  routes:
    - matchers: ['runbook!=""']
      receiver: firebreak
      group_wait: 1s
      group_interval: 2s
      continue: true
    - matchers: [severity=~"warning|critical"]
      receiver: pager
      routes:
        - match: { team: sre }
          receiver: sre
        - match_re: { team: 'db.*' }
    - receiver: people
receivers:
  - name: people
  - name: firebreak
    webhook_configs: [{ url: 'http://firebreak:9700/api/v1/alert/trigger', max_alerts: 5 }]
`;

describe('readAlertmanager', () => {
  it('has the defaults of Alertmanager: 30 s and five minutes', () => {
    expect(settings('route: { receiver: people }').route).toMatchObject({ groupWait: 30_000, groupInterval: 300_000 });
  });

  it('hands times and receiver down the tree', () => {
    const [firebreak, pager] = settings(TREE).route.routes;
    expect(firebreak).toMatchObject({ receiver: 'firebreak', groupWait: 1_000, groupInterval: 2_000 });
    expect(pager?.routes[1]).toMatchObject({ receiver: 'pager', groupWait: 10_000, groupInterval: 300_000 });
  });

  it('reads the webhooks', () => {
    expect(settings(TREE).webhooks).toEqual([
      { receiver: 'firebreak', url: 'http://firebreak:9700/api/v1/alert/trigger', sendResolved: true, maxAlerts: 5 },
    ]);
  });

  it('names a wrong matcher', () => {
    const read = readAlertmanager('am.yml', `route: { receiver: x, routes: [{ matchers: ['a ~ b'] }] }`);
    expect(read).toMatchObject({ ok: false, problems: [expect.stringContaining('am.yml: ')] });
  });
});

describe('routesOf', () => {
  it('goes on after a match that says continue, and stops after one that does not', () => {
    expect(receivers(TREE, { runbook: 'x', severity: 'critical' })).toEqual(['firebreak', 'pager']);
    expect(receivers(TREE, { runbook: 'x' })).toEqual(['firebreak', 'people']);
  });

  it('goes as deep as it can', () => {
    expect(receivers(TREE, { severity: 'warning', team: 'sre' })).toEqual(['sre']);
    expect(receivers(TREE, { severity: 'warning', team: 'dba' })).toEqual(['pager']);
  });

  it('leaves what no child takes to the root', () => {
    expect(receivers(`route: { receiver: people, routes: [{ matchers: [a="b"], receiver: x }] }`, {})).toEqual([
      'people',
    ]);
  });

  it('tells which labels it would have needed', () => {
    expect(routesOf(settings(TREE).route, { runbook: '{{ $labels.x }}' }).unknownLabels).toEqual([
      'runbook',
      'severity',
    ]);
  });
});
