import { closedFence, failsWithoutChange, keptBefore, type Clause } from './action-contract-clauses.js';

/** The promises about changing: once, proven, and never for somebody who may not. */
export const changingClauses: readonly Clause[] = [
  {
    name: 'verify holds after apply and not before, and check then says that nothing is needed',
    async broken(stage) {
      const before = await keptBefore(stage);
      const verify = async () => (await stage.action.verify(stage.call(), stage.world.params, before)).took;
      if (await verify()) return 'verify holds before apply';
      await stage.apply(before);
      if (!(await verify())) return 'verify does not hold after apply';
      // With nothing still to come before it: what earlier steps were going to change is history by now.
      const { needed } = await stage.action.check(stage.call({ earlier: [] }), stage.world.params);
      return needed && stage.world.alwaysNeeded !== true ? 'check says after apply that a change is needed' : undefined;
    },
  },
  {
    name: 'verify changes nothing, before apply and after it',
    async broken(stage) {
      const before = await keptBefore(stage);
      const verify = () => stage.action.verify(stage.call(), stage.world.params, before);
      const early = await stage.changesBy(verify);
      if (early !== undefined) return early;
      await stage.apply(before);
      return stage.changesBy(verify);
    },
  },
  {
    name: 'apply twice with one key is one effect',
    async broken(stage) {
      // Such an action is attempted once at most, and says so.
      if (stage.action.idempotency === 'none') return undefined;
      const before = await keptBefore(stage);
      const call = stage.call();
      await stage.apply(before, call);
      return stage.changesBy(() => stage.apply(before, { ...call, epoch: call.epoch + 1 }));
    },
  },
  {
    name: 'every write is preceded by the fence',
    async broken(stage) {
      const effects = async () => (await stage.world.effects?.()) ?? 0;
      const before = await keptBefore(stage);
      let asked = 0;
      const fence = async () => void (asked += 1);
      const start = await effects();
      await stage.apply(before, stage.call({ fence }));
      if (asked === 0) return 'apply changed the target without asking the fence';
      const written = (await effects()) - start;
      return written > asked ? `apply wrote ${written} times and asked the fence ${asked} times` : undefined;
    },
  },
  {
    name: 'an apply whose fence is closed fails and changes nothing',
    async broken(stage) {
      const before = await keptBefore(stage);
      return failsWithoutChange(stage, () => stage.apply(before, stage.call({ fence: closedFence })));
    },
  },
  {
    name: 'an apply whose signal is aborted fails and changes nothing',
    async broken(stage) {
      const before = await keptBefore(stage);
      const early = await failsWithoutChange(stage, () =>
        stage.apply(before, stage.call({ signal: AbortSignal.abort() })),
      );
      if (early !== undefined) return early;
      const abort = new AbortController();
      // The right to act is lost between the fence and the write.
      const call = stage.call({ signal: abort.signal, fence: async () => abort.abort() });
      const late = await failsWithoutChange(stage, () => stage.apply(before, call));
      return late === undefined ? undefined : `aborted by the time of the write: ${late}`;
    },
  },
];
