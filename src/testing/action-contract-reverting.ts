import {
  closedFence,
  failsWithoutChange,
  fenceThatCloses,
  keptBefore,
  type Clause,
} from './action-contract-clauses.js';
import { differenceOf } from './action-contract-world.js';

/** The promises about taking back. */
export const revertingClauses: readonly Clause[] = [
  {
    name: 'revert restores what was there, and does nothing when repeated',
    async broken(stage) {
      const was = await stage.world.read();
      const before = await keptBefore(stage);
      await stage.apply(before);
      const call = stage.call();
      await stage.revert(before, call);
      const left = differenceOf(was, await stage.world.read());
      if (left !== undefined) return left;
      const repeated = await stage.changesBy(() => stage.revert(before, call));
      return repeated === undefined ? undefined : `repeated: ${repeated}`;
    },
  },
  {
    name: 'revert of a step that was never applied does nothing',
    async broken(stage) {
      const before = await keptBefore(stage);
      return stage.changesBy(() => stage.revert(before));
    },
  },
  {
    name: 'a revert whose fence is closed or whose signal is aborted fails and changes nothing',
    async broken(stage) {
      const before = await keptBefore(stage);
      await stage.apply(before);
      const fenced = await failsWithoutChange(stage, () => stage.revert(before, stage.call({ fence: closedFence })));
      if (fenced !== undefined) return `closed fence: ${fenced}`;
      const aborted = await failsWithoutChange(stage, () =>
        stage.revert(before, stage.call({ signal: AbortSignal.abort() })),
      );
      return aborted === undefined ? undefined : `aborted signal: ${aborted}`;
    },
  },
  {
    name: 'a change that nobody needs any more is taken back completely, in stages or at once',
    async broken(stage) {
      const was = await stage.world.read();
      const before = await keptBefore(stage);
      await stage.apply(before);
      // An action that knows stages takes them one after the other as long as the target is well; others go back at once.
      let asked = 0;
      const lifting = { measure: async () => ({ status: 'healthy', detail: 'all is well' }) as const };
      await stage.revert(before, stage.call({ lifting, fence: async () => void (asked += 1) }));
      if (asked === 0) return 'the target was changed without asking the fence';
      return differenceOf(was, await stage.world.read());
    },
  },
  {
    name: 'an apply that broke off half-way is finished by the next one, or taken back',
    async broken(stage) {
      const was = await stage.world.read();
      const before = await keptBefore(stage);
      await stage.errorOf(() => stage.apply(before, stage.call({ fence: fenceThatCloses(1) })));
      await stage.apply(before);
      const verified = await stage.action.verify(stage.call(), stage.world.params, before);
      if (!verified.took) return `not finished: ${verified.detail}`;
      await stage.world.reset();
      await stage.errorOf(() => stage.apply(before, stage.call({ fence: fenceThatCloses(1) })));
      await stage.revert(before);
      return differenceOf(was, await stage.world.read());
    },
  },
];

/** The promise that is looked at last, because it searches what all others made the action say. */
export const secrecyClause: Clause = {
  name: 'no secret of the configuration is in a log line, an error or a plan',
  async broken(stage) {
    const { plugin, unreachable, params } = stage.world;
    const before = await keptBefore(stage);
    await stage.apply(before);
    await stage.errorOf(() => stage.apply(before, stage.call({ fence: closedFence })));
    for (const action of Object.values(unreachable?.provided.actions ?? {})) {
      const error = await stage.errorOf(() => action.plan(stage.call(), params));
      if (error === undefined) return 'plan did not fail although the target was said to be unreachable';
    }
    const line = stage.said.find((text) => plugin.secrets.some((secret) => text.includes(secret)));
    return line === undefined
      ? undefined
      : `found one in: ${plugin.secrets.reduce((text, one) => text.replaceAll(one, '***'), line)}`;
  },
};
