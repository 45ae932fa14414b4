import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NOTHING_KNOWN } from '../src/core/affinity.js';
import { decideFor } from '../src/core/decide.js';
import { givenAlerts } from '../src/intake/given-alerts.js';
import { RULES } from './rig/drill/prometheus.js';
import { alertingRules, rulesIn, ruleTests } from './rig/rule-files.js';
import { openWholeCatalog, runbooksFolder } from './rig/whole-catalog.js';

/** Started by people only, as their files say. */
const BY_HAND = ['fail-back', 'practice'];

/** Every alert that a test of the rules makes Prometheus fire, once for each set of labels. */
const fired = [
  ...new Map(
    ruleTests().flatMap(({ alert_rule_test: checks }) =>
      checks.flatMap(({ alertname, exp_alerts: all }) =>
        all.map(({ exp_labels: given, exp_annotations: annotations }) => {
          const labels = { ...given, alertname };
          return [
            JSON.stringify(Object.entries(labels).map(String).toSorted()),
            { alertname, labels, annotations },
          ] as const;
        }),
      ),
    ),
  ).values(),
];

let opened: Awaited<ReturnType<typeof openWholeCatalog>>;
beforeAll(async () => {
  opened = await openWholeCatalog();
});
afterAll(() => opened?.plugins.close());

function alertOf({ labels, annotations }: (typeof fired)[number]) {
  const given = givenAlerts({ labels, annotations }, 0);
  if (!given.ok) throw new Error(given.detail);
  return given.alerts[0]!;
}

describe('what Prometheus fires', () => {
  it.each(fired.map((one) => [`${one.alertname} ${JSON.stringify(one.labels)}`, one] as const))(
    '%s is answered by exactly the runbook that it names, with a target',
    (_, one) => {
      const alert = alertOf(one);
      const { index, surroundings } = opened.catalog.current;
      const candidates = index.candidates(alert.labels);
      const { runbook } = alert.labels;
      expect(candidates.map(({ name }) => name)).toEqual(runbook === undefined ? [] : [runbook]);
      const [answer] = candidates;
      if (answer === undefined) return;
      const decision = decideFor(alert, answer, 0, { ...surroundings, centers: NOTHING_KNOWN });
      expect(decision).toMatchObject({ run: true, target: expect.stringMatching(/^[a-z]+\/[^/]/) });
      if (!decision.run) return;
      for (const { uses, with: given, name } of decision.orders.steps)
        expect(opened.plugins.actions.get(uses)?.item.params.safeParse(given), name).toMatchObject({ success: true });
    },
  );
});

describe('the alerts of a cut-over with data', () => {
  it.each(['CenterLost', 'OldPrimaryBack'])('%s is the one that the drills prove', (name) => {
    const drilled = rulesIn(parse(RULES)).find(({ alert }) => alert === name);
    const shipped = alertingRules().find(({ alert }) => alert === name);
    const plain = (expression = '') => expression.replaceAll(/\s+/g, '');
    expect(plain(shipped?.expr)).toBe(plain(drilled?.expr));
    expect(shipped?.labels).toEqual(drilled?.labels);
  });
});

describe('the shipped runbooks', () => {
  const shipped = readdirSync(runbooksFolder).flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []);
  const named = new Set(alertingRules().flatMap(({ labels }) => labels['runbook'] ?? []));

  it('have an alert each, but for those that are started by hand', () => {
    expect([...named, ...BY_HAND].toSorted()).toEqual(shipped.toSorted());
  });

  it.each(BY_HAND)('%s says itself that no rule raises its alert', (name) => {
    expect(readFileSync(join(runbooksFolder, `${name}.yaml`), 'utf8')).toMatch(/Started by hand|for practising/);
  });
});
