import { describe, expect, it } from 'vitest';
import { KEEP_DRILL_RUNS, KEEP_DRILLS, type DrillResult } from '../core/drill-result.js';
import { readAuditFact } from './stored-json.js';
import { StoreAtHand, type OpenStore } from './store-kit.conformance.js';

const DOER = { by: 'ci', from: 'token:ci by token from 127.0.0.1' };

/** How drills ended. */
export function describeDrills(open: OpenStore): void {
  describe('drills', () => {
    const hand = new StoreAtHand(open);
    const run = (startedAt: number, change: Partial<DrillResult> = {}): DrillResult => ({
      drill: 'kill-a-center',
      target: 'traffic/shop',
      runbook: 'cut-over-center',
      startedAt,
      endedAt: startedAt + 45_000,
      passed: true,
      detail: 'as expected',
      recoveryMs: 6_000,
      objectiveMs: 12_000,
      slos: [{ name: 'errors', breached: false }],
      executions: ['e1'],
      ...change,
    });
    const note = (result: DrillResult) => hand.store.governance.noteDrill(result, DOER);
    const deeds = async () =>
      (await hand.store.audit(0, 1000))
        .map(({ text }) => readAuditFact(text))
        .filter(({ what }) => what === 'drill-held');

    it('E5: keeps a run as it was reported, with who reported it in the audit', async () => {
      expect(await note(run(1_000))).toBe(true);
      expect(await hand.store.governance.drillRuns('kill-a-center')).toEqual([run(1_000)]);
      expect(await deeds()).toMatchObject([{ of: 'kill-a-center', ...DOER, detail: 'passed: as expected' }]);
    });

    it('E5: keeps a run that is reported twice once, and writes it down once', async () => {
      await note(run(1_000));
      expect(await note(run(1_000, { passed: false }))).toBe(false);
      expect(await hand.store.governance.lastDrills()).toEqual([run(1_000)]);
      expect(await deeds()).toHaveLength(1);
    });

    it('E5: an older run that is reported late does not take the place of the last one', async () => {
      await note(run(2_000, { passed: false, detail: 'too slow' }));
      await note(run(1_000));
      expect(await hand.store.governance.lastDrills()).toMatchObject([{ startedAt: 2_000, passed: false }]);
      const kept = await hand.store.governance.drillRuns('kill-a-center');
      expect(kept.map(({ startedAt }) => startedAt)).toEqual([2_000, 1_000]);
    });

    it('I15: keeps a bounded number of runs of each drill, the newest ones', async () => {
      for (let i = 1; i <= KEEP_DRILL_RUNS + 2; i++) await note(run(i * 1_000));
      const kept = await hand.store.governance.drillRuns('kill-a-center');
      expect([kept.length, kept[0]?.startedAt, kept.at(-1)?.startedAt]).toEqual([
        KEEP_DRILL_RUNS,
        (KEEP_DRILL_RUNS + 2) * 1_000,
        3_000,
      ]);
      expect(await note(run(1_500))).toBe(false);
    });

    it('I15: knows a bounded number of drills: the one held last the longest ago is forgotten', async () => {
      for (let i = 1; i <= KEEP_DRILLS + 1; i++) await note(run(i * 1_000, { drill: `d${i}` }));
      const last = await hand.store.governance.lastDrills();
      expect([last.length, last[0]?.drill, last.at(-1)?.drill]).toEqual([KEEP_DRILLS, `d${KEEP_DRILLS + 1}`, 'd2']);
      expect(await hand.store.governance.drillRuns('d1')).toEqual([]);
    });

    it('says nothing of a drill that was never held', async () => {
      expect(await hand.store.governance.lastDrills()).toEqual([]);
      expect(await hand.store.governance.drillRuns('never')).toEqual([]);
    });
  });
}
