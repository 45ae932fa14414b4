import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../src/core/duration.js';
import { alertingRules, allRules, metricsIn, ruleTests } from './rig/rule-files.js';
import { projectRoot } from './rig/project.js';

const alerts = alertingRules();
const tests = ruleTests();
const page = read('docs/alerts.md');
const BOARDS = ['overview', 'executions', 'runbooks', 'centers', 'config-health', 'recovery'].map(
  (name) => `grafana/dashboards/firebreak-${name}.json`,
);
/** What Prometheus itself makes, and what every client library exports. */
const OF_EVERYBODY = ['up', 'ALERTS', 'process_start_time_seconds'];

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

function secondsOf(text: string): number {
  const read = parseDuration(text);
  return read.ok ? read.ms / 1000 : Number.NaN;
}

describe('the linter of the rules', () => {
  it.each([
    'by (a) (x_total{b="c"}) > 4 and on (job) y_info',
    'scalar(x_total{of="z"}) + rate(y_info[5m] offset 1h) or Inf',
  ])('finds the metrics of %s', (expression) => expect(metricsIn(expression)).toEqual(['x_total', 'y_info']));

  it('finds the metrics that are named by a pattern', () => {
    expect(
      metricsIn('avg by (g) (label_replace({__name__=~"a_b|c:d", n!=""}, "g", "$1", "__name__", "(.+)"))'),
    ).toEqual(['a_b', 'c:d']);
  });
});

describe.each(alerts.map((rule) => [`${rule.alert} of ${rule.file}.yml`, rule] as const))('%s', (_, rule) => {
  const { alert, labels, annotations } = rule;
  const mine = tests.filter(({ file }) => file === rule.file || file.startsWith(`${rule.file}-`));
  const checks = mine.flatMap(({ alert_rule_test: all }) => all.filter(({ alertname }) => alertname === alert));
  const fired = checks.flatMap(({ exp_alerts: all }) =>
    all.filter(({ exp_labels: has }) => Object.entries(labels).every(([name, value]) => has[name] === value)),
  );

  it('says how bad it is, what is wrong, what to do and where more stands', () => {
    expect(['critical', 'warning', 'info']).toContain(labels['severity']);
    expect(Object.keys(annotations).toSorted()).toEqual(['description', 'runbook_url', 'summary']);
    expect(annotations['summary']!.length).toBeLessThan(200);
    expect(annotations['description']).toMatch(/\.$/);
    expect(annotations['runbook_url']).toBe(`docs/alerts.md#${alert.toLowerCase()}`);
    expect(page).toContain(`### ${alert}\n`);
  });

  it('has a test in which it fires, and one in which it does not', () => {
    expect(fired.length).toBeGreaterThan(0);
    expect(checks.some(({ exp_alerts: none }) => none.length === 0)).toBe(true);
  });

  it('is tested before its time is over, and after its end', () => {
    const ofThem = mine.filter(({ alert_rule_test: all }) =>
      all.some(({ alertname, exp_alerts: some }) => alertname === alert && some.length > 0),
    );
    const whole = ofThem.some(({ alert_rule_test: all }) => {
      const own = all.filter(({ alertname }) => alertname === alert);
      const when = (fires: boolean) =>
        own.filter(({ exp_alerts: some }) => some.length > 0 === fires).map(({ eval_time: at }) => secondsOf(at));
      const first = Math.min(...when(true));
      return Math.min(...when(false)) < first && Math.max(...when(false)) > first;
    });
    // a plugin that comes and goes, and the like, have a test of their own for that
    expect(whole).toBe(true);
  });
});

describe('the alerts on Firebreak itself', () => {
  it('have no label `runbook`, also not from what they look at: what repairs is not asked to repair itself', () => {
    for (const rule of alerts.filter(({ file }) => file === 'firebreak')) {
      expect(rule.alert).toMatch(/^Firebreak/);
      expect(rule.labels).not.toHaveProperty('runbook');
    }
    const fired = tests.flatMap(({ alert_rule_test: all }) =>
      all.flatMap(({ alertname, exp_alerts: some }) => some.map(({ exp_labels: has }) => ({ alertname, has }))),
    );
    const own = fired.filter(({ alertname }) => alertname.startsWith('Firebreak'));
    expect(own.length).toBeGreaterThan(30);
    for (const { has } of own) expect(has).not.toHaveProperty('runbook');
  });
});

describe('docs/alerts.md', () => {
  it('has a section for every alert, and for no other', () => {
    const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
    expect(sections.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
  });

  it('says in every section what it means, what to look at and what to do', () => {
    for (const section of page.split(/^### /m).slice(1))
      for (const word of ['**Means.**', '**Look at.**', '**Do.**'])
        expect(section, section.slice(0, 40)).toContain(word);
  });
});

describe('what the rules read', () => {
  const own = [...read('docs/operations.md').matchAll(/^\| `(firebreak_\w+)`/gm)].map(([, name = '']) => name);
  const others = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name = '']) => name);
  const recorded = allRules().flatMap(({ record }) => record ?? []);
  const used = new Set(allRules().flatMap(({ expr }) => metricsIn(expr)));

  it('is a metric of docs/operations.md, of docs/alerts.md, or recorded', () => {
    const known = new Set([...own, ...others, ...recorded, ...OF_EVERYBODY]);
    const plain = (name: string) => (known.has(name) ? name : name.replace(/_(bucket|count|sum)$/, ''));
    expect([...used].filter((name) => !known.has(plain(name)))).toEqual([]);
  });

  it('is all that docs/alerts.md asks users for', () => {
    const plain = new Set([...used].map((name) => name.replace(/_(bucket|count|sum)$/, '')));
    expect(others.filter((name) => !plain.has(name))).toEqual([]);
  });

  it.skipIf(!BOARDS.every((board) => existsSync(join(projectRoot, board))))(
    'is read by a board or an alert, where it is recorded',
    () => {
      const boards = globSync('grafana/dashboards/*.json', { cwd: projectRoot }).map(read).join('\n');
      expect(recorded.filter((name) => !used.has(name) && !boards.includes(name))).toEqual([]);
    },
  );
});
