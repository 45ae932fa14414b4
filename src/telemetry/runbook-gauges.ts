import type { GaugeMaker, Gauges, RunbookFacts } from './gauge-sources.js';

/** Shows the runbooks: which there are, how far they may go, and what is wanted of them and was reached. */
export function connectRunbooks(
  gauges: Pick<Gauges, 'runbooks' | 'capped' | 'recoveryPoints' | 'configAgeSeconds'>,
  { make, most }: GaugeMaker,
): void {
  const objective = (name: string, help: string, ms: (facts: RunbookFacts) => number | undefined): void =>
    make.gauge(name, help, ['runbook'], most, () =>
      gauges.runbooks().flatMap((facts) => {
        const wanted = ms(facts);
        return wanted === undefined ? [] : { labels: { runbook: facts.runbook }, value: wanted / 1000 };
      }),
    );

  make.number('runbooks_loaded', 'Runbooks in force', () => gauges.runbooks().length);
  make.number('config_stale_seconds', 'How long the newest edition of the runbooks has been refused', () =>
    gauges.configAgeSeconds(),
  );
  make.gauge('runbook_info', 'Runbooks in force', ['runbook', 'mode', 'owner'], most, () =>
    gauges.runbooks().map(({ runbook, mode, owner }) => ({ labels: { runbook, mode, owner }, value: 1 })),
  );
  make.gauge('runbook_mode_capped', 'Runbooks that lost trust', ['runbook', 'to'], most, async () =>
    (await gauges.capped()).map(({ runbook, to }) => ({ labels: { runbook, to }, value: 1 })),
  );
  objective(
    'recovery_objective_seconds',
    'How long a recovery may take',
    ({ objective: wanted }) => wanted?.recoveryMs,
  );
  objective(
    'recovery_point_objective_seconds',
    'How far back acknowledged writes may be missing',
    ({ objective: wanted }) => wanted?.dataLossMs,
  );
  const reached = 'How far back acknowledged writes may be missing at most after the last change in force';
  make.gauge('recovery_point_seconds', reached, ['runbook'], most, async () => {
    const points = await gauges.recoveryPoints();
    // the store remembers runbooks that are gone, too
    return gauges.runbooks().flatMap(({ runbook }) => {
      const value = points.get(runbook);
      return value === undefined ? [] : { labels: { runbook }, value };
    });
  });
}
