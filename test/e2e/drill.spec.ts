import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringBack } from '../rig/drill/bring-back.js';
import { complaints, stagesLine } from '../rig/drill/report.js';
import { otherSide, startDrillRig, type DrillRig, type Side } from '../rig/drill/rig.js';
import { runOnce } from '../rig/drill/run.js';
import { cut } from '../rig/drill/scenarios/cut.js';
import { killed } from '../rig/drill/scenarios/killed.js';
import { planned } from '../rig/drill/scenarios/planned.js';

/** `npm run drill -- cut-over-center-with-data` is the long form, with figures over many runs. */
describe('cut-over-center-with-data, while users write', () => {
  let rig: DrillRig;
  let serving: Side = 'a';
  beforeAll(async () => {
    rig = await startDrillRig();
  }, 60_000);
  afterAll(() => rig.stop());

  it.each([planned, killed, cut])(
    '$title: nothing acknowledged is lost, never two sides at once, and the old primary comes back as a replica',
    async (scenario) => {
      const run = await runOnce(rig, scenario, serving);
      console.log(`${scenario.title}: ${stagesLine(run)}`);
      expect(complaints(run, scenario)).toEqual([]);
      expect(run.judgement.acknowledged).toBeGreaterThan(100);
      expect(await bringBack(rig, scenario, run)).toEqual([]);
      serving = otherSide(serving);
    },
    120_000,
  );
});
