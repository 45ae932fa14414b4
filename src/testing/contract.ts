import type { Action } from '../plugin-sdk/plugin.js';
import { changingClauses } from './action-contract-changing.js';
import type { Clause } from './action-contract-clauses.js';
import { lastingClauses } from './action-contract-lasting.js';
import { lookingClauses } from './action-contract-looking.js';
import { revertingClauses, secrecyClause } from './action-contract-reverting.js';
import { Recorder, Stage, type ContractSubject } from './action-contract-world.js';
import { messageOf } from '../core/message-of.js';

export type { ActionWorld, ContractSubject } from './action-contract-world.js';

/** A promise that an action does not keep, and how that was seen. */
export interface Violation {
  readonly clause: string;
  readonly detail: string;
}

/** All promises, in the order in which they are looked at. */
export const clauses: readonly Clause[] = [
  ...lookingClauses,
  ...changingClauses,
  ...revertingClauses,
  ...lastingClauses,
  secrecyClause,
];

/**
 * Gives the promises that an action does not keep; for checking the contract itself, and for any test runner.
 *
 * @param subject the action and the world in which it acts
 */
export async function contractViolations(subject: ContractSubject): Promise<Violation[]> {
  const stage = await stageFor(subject);
  try {
    const found: Violation[] = [];
    for (const clause of clauses) {
      const detail = await violationOf(clause, stage);
      if (detail !== undefined) found.push({ clause: clause.name, detail });
    }
    return found;
  } finally {
    await stage.world.close();
  }
}

/**
 * Puts a deliberately broken action into a world, so that a test can show which promise the contract finds broken.
 *
 * @param subject the sound action and the world in which it acts
 * @param variant what is different about the action
 */
export function withVariant(subject: ContractSubject, variant: (sound: Action) => Partial<Action>): ContractSubject {
  const { action } = subject;
  return {
    action,
    world: async (log) => {
      const world = await subject.world(log);
      const { actions } = world.plugin.provided;
      const sound = actions?.[action];
      if (sound === undefined) throw new Error(`the plugin has no action ${action}`);
      const provided = { ...world.plugin.provided, actions: { ...actions, [action]: { ...sound, ...variant(sound) } } };
      return { ...world, plugin: { ...world.plugin, provided } };
    },
  };
}

/** Says how one promise is broken, from a target that is as it was; undefined when it is kept. */
export async function violationOf(clause: Clause, stage: Stage): Promise<string | undefined> {
  await stage.world.reset();
  try {
    return (await concerns(clause, stage)) ? await clause.broken(stage) : undefined;
  } catch (error) {
    await stage.errorOf(() => Promise.reject(error));
    return `it failed: ${messageOf(error)}`;
  }
}

/** Whether a change can be taken back is said by the action, and where that depends on the target by the plan. */
async function concerns(clause: Clause, stage: Stage): Promise<boolean> {
  const [reverting, lasting] = [revertingClauses.includes(clause), lastingClauses.includes(clause)];
  if (!reverting && !lasting) return true;
  const reversible = stage.action.reversible && (await stage.plan()).reversible !== false;
  return reversible ? reverting : lasting;
}

/** Starts the world of a subject; whoever asks for it closes it. */
export async function stageFor(subject: ContractSubject): Promise<Stage> {
  const recorder = new Recorder();
  const world = await subject.world(recorder.log);
  const action = world.plugin.provided.actions?.[subject.action];
  if (action !== undefined) return new Stage(world, action, recorder);
  await world.close();
  throw new Error(
    `the plugin has no action ${subject.action}; it has ${Object.keys(world.plugin.provided.actions ?? {}).join(', ')}`,
  );
}
