import type { Event, EventType } from '../../../src/core/event.js';
import type { Execution, Phase, State } from '../../../src/core/execution.js';
import type { Commanded } from '../../../src/engine/engine.js';
import type { World } from '../../../src/testing/world.js';

/** Somebody who may be asked. */
export interface Voter {
  readonly by: string;
  readonly roles?: readonly string[];
  /** People who agreed earlier and may not any more. */
  readonly lapsed?: readonly string[];
}

/** A person reads the plan that an execution shows now, and agrees to it. */
export async function approve(world: World, { by, ...rest }: Voter = { by: 'ada' }, id = 'e1'): Promise<Commanded> {
  return world.command(id, { type: 'approved', by, digest: await digestOf(world, id), ...rest });
}

/** The digest of the plan that an execution shows now; empty when it asks nobody. */
export async function digestOf(world: World, id = 'e1'): Promise<string> {
  const { state } = await world.execution(id);
  return state.phase === 'awaiting-approval' ? state.digest : '';
}

/** A person says something else about an execution. */
export function say(
  world: World,
  type: 'rejected' | 'cancelled' | 'revert-asked' | 'retry-asked' | 'accepted',
  id = 'e1',
): Promise<Commanded> {
  const event: Event = { type, by: 'ada', reason: 'looked at it' };
  return world.command(id, event);
}

/** Everything in a scope is paused. */
export function pause(world: World, scope = 'all'): Promise<void> {
  return world.store.addPause({ id: scope, scope, reason: 'stop', by: 'ada', at: world.clock.now() });
}

/** The names of everything that happened to an execution. */
export async function storyOf(world: World, id = 'e1'): Promise<EventType[]> {
  return (await world.journal(id)).map(({ event }) => event.type);
}

/** Where an execution stands, which must be in this phase. */
export async function stateIn<P extends Phase>(
  world: World,
  phase: P,
  id = 'e1',
): Promise<Extract<State, { readonly phase: P }>> {
  const { state }: Execution = await world.execution(id);
  const isIn = (one: State): one is Extract<State, { readonly phase: P }> => one.phase === phase;
  if (!isIn(state)) throw new Error(`it is in phase ${state.phase}: ${JSON.stringify(state)}`);
  return state;
}
