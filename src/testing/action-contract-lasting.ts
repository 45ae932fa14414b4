import { fenceThatCloses, keptBefore, type Clause } from './action-contract-clauses.js';

/** The promises about what can not be taken back, which stand in place of those about taking back. */
export const lastingClauses: readonly Clause[] = [
  {
    name: 'what can not be taken back is finished by the next apply when one broke off half-way',
    async broken(stage) {
      // Such an action is attempted once at most, and says so.
      if (stage.action.idempotency === 'none') return undefined;
      const before = await keptBefore(stage);
      await stage.errorOf(() => stage.apply(before, stage.call({ fence: fenceThatCloses(1) })));
      await stage.apply(before);
      const verified = await stage.action.verify(stage.call(), stage.world.params, before);
      return verified.took ? undefined : `not finished: ${verified.detail}`;
    },
  },
  {
    name: 'a revert of what can not be taken back changes nothing',
    async broken(stage) {
      const before = await keptBefore(stage);
      const early = await stage.changesBy(() => stage.errorOf(() => stage.revert(before)));
      if (early !== undefined) return `before apply: ${early}`;
      await stage.apply(before);
      return stage.changesBy(() => stage.errorOf(() => stage.revert(before)));
    },
  },
];
