import type { Row } from '../../kit/board.js';
import { limited, series, thresholds } from '../../kit/panels.js';
import { over, withTraces } from '../../kit/queries.js';

const SELECTED = '{job="$job"}';
const third = { width: 8, height: 8 } as const;

/** How much the queue is used, what waits in it, what goes wrong; and what the workers call. */
export const queue: Row = {
  title: 'Queue and workers: use, saturation, errors',
  panels: [
    series({
      title: 'Jobs in the queue',
      description:
        'The queue only rings; what is to be done stands in the store. "delayed" are wake-ups for later, "failed" are found by the sweeper.',
      unit: 'short',
      ...third,
      empty: 'the queue is not known',
    }).withTarget(over(`max by (state) (firebreak_queue_jobs${SELECTED})`, '{{state}}')),
    limited(
      series({
        title: 'How late work is',
        description:
          'Oldest due: how late the latest wake-up is, above 5 s something stands still. Canary: age of the last one that came through, above 30 s no worker lives.',
        unit: 's',
        ...third,
        empty: 'not known: is the store there?',
      }),
      thresholds({ from: 5, color: 'orange' }, { from: 30, color: 'red' }),
    )
      .withTarget(over(`max(firebreak_oldest_due_seconds${SELECTED})`, 'oldest due'))
      .withTarget(over(`max(firebreak_canary_seconds${SELECTED})`, 'canary')),
    limited(
      series({
        title: 'Age of the permit to begin',
        description:
          'How long ago the store last told each worker that nothing pauses it. Above 4 s it begins nothing until it hears again.',
        unit: 's',
        ...third,
        empty: 'no worker is scraped',
      }),
      thresholds({ from: 4, color: 'red' }),
    ).withTarget(over(`max by (instance) (firebreak_permit_age_seconds${SELECTED})`, '{{instance}}')),
    series({
      title: 'Wake-ups that could not be set',
      description:
        'Lost bells, per second. The sweeper finds what they were for within two seconds; many of them mean that Redis is in trouble.',
      unit: 'ops',
      ...third,
      empty: 'none was lost',
    }).withTarget(over(`sum(rate(firebreak_wakeups_failed_total${SELECTED}[$__rate_interval]))`, 'not set')),
    series({
      title: 'How long plugins take',
      description:
        'The 99th percentile of calls into plugins, by plugin and what it was asked to do. Points are single calls with a trace.',
      unit: 's',
      ...third,
      empty: 'no plugin was called',
    }).withTarget(
      withTraces(
        `histogram_quantile(0.99, sum by (le, plugin, verb) (rate(firebreak_plugin_call_seconds_bucket${SELECTED}[$__rate_interval]))) >= 0`,
        '{{plugin}} {{verb}}',
      ),
    ),
    limited(
      series({
        title: 'Messages that wait',
        description:
          'Messages to people that are not delivered yet, by notifier. More than a few for more than a minute: that notifier does not work, tell people yourself.',
        unit: 'short',
        ...third,
        empty: 'nobody has to be told anything',
      }),
      thresholds({ from: 10, color: 'orange' }),
    ).withTarget(over(`max by (notifier) (firebreak_messages_waiting${SELECTED})`, '{{notifier}}')),
  ],
};
