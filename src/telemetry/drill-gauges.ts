import { KEEP_DRILLS, type DrillResult } from '../core/drill-result.js';
import type { Instruments } from './instruments.js';

/** What one drill holds up, at most. */
const MOST_SLOS = 20;

/**
 * Shows the last run of each drill. As many series as drills are kept, of which there is a bound, as of the names of what
 * had to hold.
 */
export function connectDrills(drills: () => Promise<readonly DrillResult[]>, make: Instruments): void {
  const each = (name: string, help: string, figureOf: (result: DrillResult) => number | undefined): void =>
    make.gauge(name, help, ['drill'], KEEP_DRILLS, async () =>
      (await drills()).flatMap((result) => {
        const value = figureOf(result);
        return value === undefined ? [] : { labels: { drill: result.drill }, value };
      }),
    );
  each('drill_passed', 'Whether the last run of a drill passed', ({ passed }) => Number(passed));
  each('drill_last_timestamp_seconds', 'When a drill was held last', ({ startedAt }) => startedAt / 1000);
  each('drill_recovery_seconds', 'From the fault to the service in the last run', ({ recoveryMs }) =>
    seconds(recoveryMs),
  );
  each('drill_objective_seconds', 'How long that may take', ({ objectiveMs }) => seconds(objectiveMs));
  const most = KEEP_DRILLS * MOST_SLOS;
  make.gauge('drill_slo_breached', 'What did not hold in the last run', ['drill', 'slo'], most, async () =>
    (await drills()).flatMap(({ drill, slos }) =>
      slos.map(({ name, breached }) => ({ labels: { drill, slo: name }, value: Number(breached) })),
    ),
  );
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
