import type { Gauges } from './gauge-sources.js';
import type { Instruments } from './instruments.js';

/** More pairs of probe and centre are not asked. */
const MOST_PAIRS = 100;
/** An answer names at most so many numbers. */
const MOST_NUMBERS = 20;
const STATUSES = ['healthy', 'unhealthy', 'unknown', 'error'] as const;

/** Shows what standing probes say; what is not known has no series. */
export function connectProbes(probes: Gauges['probes'], make: Instruments): void {
  const states = MOST_PAIRS * STATUSES.length;
  make.gauge('probe_status', 'What a standing probe says', ['probe', 'center', 'status'], states, () =>
    probes().flatMap(({ probe, center = '', last }) =>
      STATUSES.map((status) => ({ labels: { probe, center, status }, value: last.status === status ? 1 : 0 })),
    ),
  );
  const numbers = MOST_PAIRS * MOST_NUMBERS;
  make.gauge('probe_value', 'Numbers of a standing probe', ['probe', 'center', 'value'], numbers, () =>
    probes().flatMap(({ probe, center = '', last }) => {
      const said = { ...(last.value === undefined ? {} : { value: last.value }), ...last.values };
      const first = Object.entries(said).slice(0, MOST_NUMBERS);
      return first.map(([name, value]) => ({ labels: { probe, center, value: name }, value }));
    }),
  );
  const told = 'When a standing probe last said healthy or unhealthy';
  make.gauge('probe_last_answer_timestamp_seconds', told, ['probe', 'center'], MOST_PAIRS, () =>
    probes().flatMap(({ probe, center = '', told: last }) =>
      last === undefined ? [] : { labels: { probe, center }, value: last.at / 1000 },
    ),
  );
}
