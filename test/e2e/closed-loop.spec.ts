import { afterEach, describe, expect, it } from 'vitest';
import { startClosedLoop, type ClosedLoop } from '../rig/closed-loop.js';
import { runFault } from '../rig/fault-run.js';

/** The whole loop with real parts; `npm run demo` is the long form, with figures over many runs. */
describe('a centre dies under load', () => {
  let loop: ClosedLoop | undefined;
  afterEach(async () => {
    await loop?.stop();
    loop = undefined;
  });

  it.each([
    ['alertmanager', 'kill'],
    ['prometheus', 'hang'],
  ] as const)(
    'by way of %s (%s): one execution cuts over, judges by metrics and closes; users are served again',
    async (via, fault) => {
      loop = await startClosedLoop({ via });
      const run = await runFault(loop, fault);
      expect(run.outage.backAt).toBeDefined();
      expect(run.executions.map(({ runbook, phase, outcome }) => [runbook, phase, outcome])).toEqual([
        ['cut-over-center', 'closed', 'succeeded'],
      ]);
      const [execution] = run.executions;
      const { startsAt, receivedAt, openedAt, firstEffectAt, appliedAt, verifiedAt } = execution?.timeline ?? {};
      const stages = [startsAt, receivedAt, openedAt, firstEffectAt, appliedAt, verifiedAt, execution?.closedAt];
      expect(stages).not.toContain(undefined);
      expect(stages).toEqual(stages.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      expect(await loop.haproxy.tell('show servers state centers')).toMatch(/ b /);
    },
    120_000,
  );
});
