import type { Row } from '../../kit/board.js';
import { limited, series, thresholds } from '../../kit/panels.js';
import { over, withTraces } from '../../kit/queries.js';

const SELECTED = '{job="$job"}';
const half = { width: 12, height: 8 } as const;

const quantile = (q: number, histogram: string, by = 'le'): string =>
  `histogram_quantile(${q}, sum by (${by}) (rate(firebreak_${histogram}_bucket${SELECTED}[$__rate_interval]))) >= 0`;

/** Rate, errors and duration of what is asked of Firebreak. */
export const requests: Row = {
  title: 'Requests: rate, errors, duration',
  panels: [
    series({
      title: 'Requests',
      description:
        'Requests per second by address, as it is registered. Alertmanager, dashboards and people, all together.',
      unit: 'reqps',
      ...half,
      empty: 'nobody asks anything',
    }).withTarget(
      over(`sum by (route) (rate(firebreak_http_request_seconds_count${SELECTED}[$__rate_interval]))`, '{{route}}'),
    ),
    series({
      title: 'Requests that went wrong',
      description:
        'Answers with 5xx as a share of all, and requests that were refused, by why. 5xx of the alert addresses lose nothing: Alertmanager sends again. "forbidden" and "unauthenticated" are people or tokens without the right.',
      unit: 'percentunit',
      ...half,
      empty: 'none went wrong',
    })
      .min(0)
      .withTarget(over(`firebreak:http_errors:ratio_rate5m${SELECTED} >= 0`, '5xx, of all'))
      .withTarget(
        over(
          `sum by (code) (rate(firebreak_requests_refused_total${SELECTED}[$__rate_interval])) / scalar(sum(rate(firebreak_http_request_seconds_count${SELECTED}[$__rate_interval])))`,
          '{{code}}',
        ),
      ),
    series({
      title: 'How long requests take',
      description: 'The 99th percentile by address. Points are single requests with a trace, where tracing is on.',
      unit: 's',
      ...half,
      empty: 'nobody asks anything',
    }).withTarget(withTraces(quantile(0.99, 'http_request_seconds', 'le, route'), '{{route}}')),
    limited(
      series({
        title: 'How long an alert waits for its answer',
        description:
          'From a readable webhook to the answer, which says that the alert is kept. Alertmanager gives up after its own time limit and sends again; half and 99 of 100 are answered within these times.',
        unit: 's',
        ...half,
        empty: 'no alert came in',
      }),
      thresholds({ from: 1, color: 'red' }),
    )
      .withTarget(withTraces(quantile(0.99, 'webhook_ack_seconds'), '99 of 100'))
      .withTarget(over(quantile(0.5, 'webhook_ack_seconds'), 'half')),
  ],
};
