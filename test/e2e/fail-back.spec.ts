import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringBack } from '../rig/drill/bring-back.js';
import { tick } from '../rig/drill/ledger.js';
import { complaints } from '../rig/drill/report.js';
import { startDrillRig, type DrillRig } from '../rig/drill/rig.js';
import { judged, runOnce } from '../rig/drill/run.js';
import { planned } from '../rig/drill/scenarios/planned.js';
import { waitFor } from '../rig/wait-for.js';

describe('fail-back, while users write', () => {
  let rig: DrillRig;
  beforeAll(async () => {
    // Who starts it cannot also agree to it, and the drill is one person.
    rig = await startDrillRig({ tuning: { runbooks: { 'fail-back': [[['spec', 'mode'], 'auto']] } } });
  }, 60_000);
  afterAll(() => rig.stop());

  it('brings the service home when its home centre is a replica again: nothing acknowledged is lost', async () => {
    const away = await runOnce(rig, planned, 'a');
    expect(complaints(away, planned)).toEqual([]);
    expect(await bringBack(rig, planned, away)).toEqual([]);

    const [faultAt, faultTick] = [Date.now(), tick()];
    const labels = { alertname: 'FailBack', center: 'b', service: 'orders' };
    const path = '/api/v1/runbooks/fail-back/executions';
    const { status, body } = await rig.firebreak.ask('POST', path, { labels, reason: 'home again' });
    expect([status, body]).toMatchObject([202, { phase: 'planning' }]);
    const ended = await waitFor(
      'the return to end',
      async () =>
        (await rig.firebreak.executions()).find(
          (one) =>
            one.runbook === 'fail-back' &&
            one.phase !== 'planning' &&
            one.phase !== 'applying' &&
            one.phase !== 'verifying',
        ),
      60_000,
      100,
    );
    expect(ended).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    const judgement = await judged(rig, { from: 'b', to: 'a', faultAt, faultTick });
    expect({ ...judgement, missing: judgement.missing.length, bothSides: judgement.bothSides.length }).toMatchObject({
      missing: 0,
      bothSides: 0,
    });
    expect(judgement.acknowledged).toBeGreaterThan(100);
  }, 180_000);
});
