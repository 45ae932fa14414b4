import { afterEach, describe, expect, it } from 'vitest';
import { cutOverByHand } from '../rig/drill/by-hand.js';
import { judge } from '../rig/drill/judge.js';
import { tick } from '../rig/drill/ledger.js';
import { startDrillRig, type DrillRig } from '../rig/drill/rig.js';
import { allWrites, judged } from '../rig/drill/run.js';
import { waitFor } from '../rig/wait-for.js';

/** The rig judges Firebreak, so it is judged first: by cut-overs that a person makes by hand, carefully and carelessly. */
describe('the rig of the drills', () => {
  let rig: DrillRig | undefined;
  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
  });

  async function byHand(omit: Parameters<typeof cutOverByHand>[2]): Promise<ReturnType<typeof judge>> {
    if (rig === undefined) throw new Error('no rig was started');
    const started = rig;
    const [faultAt, faultTick] = [Date.now(), tick()];
    await cutOverByHand(started, 'a', omit);
    await waitFor(
      'users to be served by b',
      () =>
        allWrites(started).filter((write) => write.by === 'user' && write.center === 'b' && write.acknowledged).length >
        50,
      30_000,
      100,
    );
    return judged(started, { from: 'a', to: 'b', faultAt, faultTick });
  }

  it('finds nothing wrong with a careful cut-over, and measures how long users waited', async () => {
    rig = await startDrillRig();
    const judgement = await byHand({});
    expect(judgement).toMatchObject({ missing: [], bothSides: [], bothOpenMs: 0 });
    expect(judgement.backMs).toBeGreaterThan(0);
    expect(judgement.acknowledged).toBeGreaterThan(50);
  }, 60_000);

  it('names the lost rows and the split brain of a cut-over without fence and without a synchronous replica', async () => {
    rig = await startDrillRig({ synchronous: false });
    const judgement = await byHand({ fence: true, catchUp: true });
    expect(judgement.missing.length).toBeGreaterThan(0);
    expect(judgement.bothSides.length).toBeGreaterThan(0);
    expect(judgement.bothOpenMs).toBeGreaterThan(0);
  }, 60_000);

  it('has a cut-off primary that is open to its insiders, and acknowledges nothing to them', async () => {
    rig = await startDrillRig();
    const started = rig;
    await started.network.cut('a');
    const cutAt = Date.now() + 200;
    const inside = await waitFor(
      'three attempts inside a',
      () => {
        const tried = allWrites(started).filter(
          ({ by, center, sentAt }) => by === 'local' && center === 'a' && sentAt > cutAt,
        );
        return tried.length >= 3 && tried;
      },
      30_000,
      100,
    );
    expect(inside.filter((write) => write.acknowledged)).toEqual([]);
  }, 60_000);
});
