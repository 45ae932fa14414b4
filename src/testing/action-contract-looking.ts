import { inspect, isDeepStrictEqual } from 'node:util';
import { throughJson, type Clause } from './action-contract-clauses.js';

/** The promises about looking: nothing changes, and what is kept can be kept. */
export const lookingClauses: readonly Clause[] = [
  {
    name: 'check says that a change is needed, and changes nothing',
    async broken(stage) {
      let needed = false;
      const changed = await stage.changesBy(async () => {
        needed = (await stage.action.check(stage.call(), stage.world.params)).needed;
      });
      return changed ?? (needed ? undefined : 'check says that nothing is needed');
    },
  },
  {
    name: 'plan changes nothing',
    broken: (stage) => stage.changesBy(() => stage.plan()),
  },
  {
    name: 'plan names what changes, and is the same when made again',
    async broken(stage) {
      const [one, other] = [await stage.plan(), await stage.plan()];
      if (one.changes.length === 0) return 'the plan names no change';
      // An approval is bound to the plan's digest: a plan that differs each time can't be approved.
      return isDeepStrictEqual(one, other) ? undefined : `${JSON.stringify(one)} became ${JSON.stringify(other)}`;
    },
  },
  {
    name: 'before survives JSON, and its own schema takes it',
    async broken(stage) {
      const { before } = await stage.plan();
      const kept = throughJson(before);
      if (!isDeepStrictEqual(kept, before)) return `JSON makes ${JSON.stringify(kept)} of it`;
      const error = await stage.errorOf(() => stage.action.verify(stage.call(), stage.world.params, kept));
      return error === undefined ? undefined : `verify does not take it: ${inspect(error)}`;
    },
  },
  {
    name: 'nonsense parameters are refused by the schema',
    async broken(stage) {
      for (const nonsense of stage.world.nonsense) {
        if (stage.action.params.safeParse(nonsense).success) return `the schema takes ${JSON.stringify(nonsense)}`;
        const error = await stage.errorOf(() => stage.action.plan(stage.call(), nonsense));
        if (error === undefined) return `plan takes ${JSON.stringify(nonsense)}`;
      }
      return stage.world.nonsense.length > 0 ? undefined : 'the world names no nonsense';
    },
  },
];
