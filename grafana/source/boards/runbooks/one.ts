import type { Row } from '../../kit/board.js';
import { bars, series } from '../../kit/panels.js';
import { countOver, over, withTraces } from '../../kit/queries.js';

const OF_IT = '{job="$job",runbook="$runbook"}';
const third = { width: 12, height: 8 } as const;

const count = (metric: string, by: string, legend: string, matchers = '') =>
  over(`sum by (${by}) (${countOver(`firebreak_${metric}{job="$job",runbook="$runbook"${matchers}}`)})`, legend);

/** How the runbook that is chosen above does over time. */
export const one: Row = {
  title: 'One of them: $runbook',
  panels: [
    series({
      title: 'How fast $runbook recovers',
      description:
        'From the start of the alert to each stage: received, decided, first effect, applied, verified. Over the last day, half of the times it was faster; the stage where the line jumps is the one to shorten. Points are single executions with a trace.',
      unit: 's',
      ...third,
      empty: 'it has not recovered anything within a day',
    })
      .withTarget(over(`max by (stage) (firebreak:recovery_seconds:p50_1d${OF_IT} >= 0)`, '{{stage}}, half'))
      .withTarget(
        withTraces(
          `histogram_quantile(0.95, sum by (le) (rate(firebreak_recovery_seconds_bucket{job="$job",runbook="$runbook",stage="verified"}[$__rate_interval]))) >= 0`,
          'verified, 95 of 100 just then',
        ),
      ),
    bars({
      title: 'How executions of $runbook end',
      description: 'By outcome. Several "reverted" or "failed" in a row cost it its trust.',
      unit: 'short',
      ...third,
      empty: 'none has ended in this time range',
    }).withTarget(count('executions_total', 'outcome', '{{outcome}}')),
    bars({
      title: 'Why $runbook did nothing',
      description:
        'Alerts that it would have answered, and the guard that said no. The page "Why was nothing done?" of the console explains each.',
      unit: 'short',
      ...third,
      empty: 'it was never held back',
    }).withTarget(count('decisions_total', 'because', '{{because}}', ',decision="suppressed"')),
    bars({
      title: 'Trust and escalations of $runbook',
      description:
        'When it lost trust, and why: "not-verified" asks a person from then on, "harmful" only observes. And when it handed over to the next runbook because it did not help.',
      unit: 'short',
      ...third,
      empty: 'it has lost no trust and needed no other runbook',
    })
      .withTarget(count('trust_lost_total', 'why', 'lost trust: {{why}}'))
      .withTarget(count('escalations_total', 'to, result', 'to {{to}}: {{result}}')),
    series({
      title: 'How long plans of $runbook wait',
      description:
        'From asked to decided, over the last day: 95 of 100 waited less. Compare it with approval.within of the runbook.',
      unit: 's',
      width: 24,
      height: 6,
      empty: 'nobody was asked within a day',
    }).withTarget(over(`max(firebreak:approval_wait_seconds:p95_1d${OF_IT} >= 0)`, '95 of 100')),
  ],
};
