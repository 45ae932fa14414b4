import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GOVERNOR } from '../../src/core/governor.js';
import { readAlerts } from '../../src/intake/read-payload.js';
import { fatesOf, smallFirebreak, sumOf } from './small-firebreak.js';

/** One for the alerts with a severity, one for those without; two alerts match neither. */
const runbook = (name: string, match: string): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Answer alerts, owner: team-test }
spec:
  match: ${match}
  target: 'alert/{{alert.fingerprint}}'
  mode: approve
  guards: { cooldown: 0s, maxAlertAge: 366d, storm: off }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{alert.fingerprint}}', value: fixed } }]
`;

/** Stories as they were captured, in order: for each body, what is decided about each of its alerts. */
const STORIES: readonly [story: string, ...bodies: [file: string, decisions: string][]][] = [
  ['a first notification', ['01-single-firing', 'opened']],
  ['a resolve that comes alone and late', ['02-single-resolved-delivered-late', 'noted']],
  [
    'fired and resolved, the resolve late',
    ['01-single-firing', 'opened'],
    ['02-single-resolved-delivered-late', 'closed'],
  ],
  ['a firing delivered by a retry', ['03-firing-delivered-late', 'opened']],
  [
    'repeats with other annotations',
    ['04-repeat-1-of-3', 'opened'],
    ['05-repeat-2-of-3', 'duplicate'],
    ['06-repeat-3-of-3', 'duplicate'],
  ],
  ['byte-identical repeats', ['07-repeat-byte-identical-a', 'opened'], ['08-repeat-byte-identical-b', 'duplicate']],
  [
    'slow flapping: three incidents',
    ['09-flap-1-firing', 'opened'],
    ['10-flap-2-resolved', 'closed'],
    ['11-flap-3-firing', 'opened'],
    ['12-flap-4-resolved', 'closed'],
    ['13-flap-5-firing', 'opened'],
    ['14-flap-6-resolved', 'closed'],
  ],
  ['a hidden flap, seen alone', ['15-hidden-flap-repeat', 'opened']],
  [
    'a group that grows, shrinks and ends',
    ['16-group-2-firing', 'opened opened'],
    ['17-group-third-joins', 'duplicate duplicate opened'],
    ['18-group-mixed-1-resolved-2-firing', 'closed duplicate duplicate'],
    ['19-group-mixed-new-firing-and-resolved', 'closed duplicate opened'],
    ['20-group-all-resolved', 'closed closed'],
  ],
  [
    '500 alerts, then 200 of them over',
    ['21-huge-500-firing', '500 x opened'],
    ['22-huge-mixed-200-resolved-300-firing', '200 x closed, 300 x duplicate'],
  ],
  [
    'a cut list: 15 still fire while the group says resolved',
    ['23-truncated-max-alerts-5-of-20', 'opened opened opened opened opened'],
    ['24-truncated-status-says-resolved-while-15-fire', 'closed closed closed closed closed'],
  ],
  ['a firing from the retry loop, seen alone', ['25-stale-firing-after-it-resolved', 'opened']],
  ['resolved because the sender went silent, seen alone', ['26-resolved-because-sender-went-silent', 'noted']],
  [
    'a Prometheus pair: startsAt moves back',
    ['27-two-prometheus-first', 'opened'],
    ['28-two-prometheus-startsat-moved-back', 'duplicate'],
  ],
  ['one alert by two routes', ['29-two-routes-hook2', 'opened'], ['30-two-routes-hook', 'duplicate']],
  ['hostile label values', ['31-utf8-values-and-injection-attempts', 'opened']],
  ['no annotations', ['32-no-annotations', 'opened']],
  ['no alertname', ['33-no-alertname', 'opened']],
  ['hostile label names', ['34-hostile-key-names', 'opened']],
  ['an empty label value', ['35-odd-1', 'no-runbook']],
  ['a lone surrogate', ['35-odd-2', 'no-runbook']],
  ['three alerts that share nothing', ['36-group-by-nothing-3-alertnames', 'opened opened opened']],
  ['one dropped in silence', ['37-send-resolved-false-one-dropped-silently', 'opened opened']],
  ['an Alertmanager pair delivers twice', ['38-ha-duplicate-am1', 'opened'], ['39-ha-duplicate-am2', 'duplicate']],
  ['a split pair: startsAt 40 ms apart', ['40-ha-splitbrain-am1', 'opened'], ['41-ha-splitbrain-am2', 'duplicate']],
  ['a real rule, and its repeat', ['43-prom-centerdown-firing', 'opened'], ['44-prom-centerdown-repeat', 'duplicate']],
  ['a real rule, and its end', ['48-prom-ingestslow-firing', 'opened'], ['49-prom-ingestslow-resolved', 'closed']],
  [
    'a stale firing and a second resolve from the other server',
    ['53-out-of-order-1-am2-firing', 'opened'],
    ['54-out-of-order-2-am2-resolved', 'closed'],
    ['55-out-of-order-3-am1-firing', 'stale'],
    ['56-out-of-order-4-am1-resolved', 'noted'],
  ],
  ['a label named __proto__', ['70-label-named-__proto__', 'opened']],
];

function body(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/captures/${name}.json`, import.meta.url), 'utf8'));
}

/** Here it is told what alerts mean, not what is too many of them. */
const UNBOUNDED = { changeBudget: { by: 'alertname', limit: 1_000, perMs: 1 }, loop: { limit: 1_000, perMs: 1 } };

describe('what Alertmanager really sends', () => {
  const runbooks = {
    answer: runbook('answer', `['severity=~".+"']`),
    plain: runbook('plain', `['alertname!~"EmptyVal|BadUtf|"', 'severity=""']`),
  };

  it.each(STORIES)('I2, I3: %s', async (_story, ...bodies) => {
    const { world, intake, metrics } = await smallFirebreak({
      runbooks,
      governor: { ...DEFAULT_GOVERNOR, ...UNBOUNDED },
    });
    let taken = 0;
    for (const [file, expected] of bodies) {
      const payload = readAlerts(body(file));
      if (!payload.ok) throw new Error(`${file}: ${payload.detail}`);
      const { alerts } = await intake.receive(payload);
      expect(summary(alerts.map(({ decisions }) => decisions.map((one) => word(one)).join('+'))), file).toBe(expected);
      await world.pass(10);
      taken += payload.alerts.length;
      const { received, fates } = await fatesOf(metrics);
      expect([received, sumOf(fates)]).toEqual([taken, taken]);
    }
  });

  it('tells that a list was cut', () => {
    expect(readAlerts(body('24-truncated-status-says-resolved-while-15-fire'))).toMatchObject({
      ok: true,
      truncated: 15,
    });
  });
});

/** The reason where there is one, else the decision. */
function word({ decision, because }: { decision: string; because?: string }): string {
  return because ?? decision;
}

function summary(words: readonly string[]): string {
  if (words.length <= 5) return words.join(' ');
  const counts = new Map<string, number>();
  for (const one of words) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([one, count]) => `${count} x ${one}`)
    .join(', ');
}
