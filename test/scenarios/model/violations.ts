import { replay } from '../../../src/core/evolve.js';
import type { EventType, JournalEntry } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import type { PretendTarget, Write } from '../../../src/testing/pretend-target.js';
import type { World } from '../../../src/testing/world.js';
import { legal } from './legal.js';

/** Lists what must not be so when all is quiet again, each with the number of its invariant; empty when all is well. */
export async function violations(world: World, id = 'e1'): Promise<string[]> {
  const execution = await world.execution(id);
  const journal = await world.journal(id);
  const { writes, values } = world.target;
  return [
    ...legal(execution),
    ...twice(writes),
    ...attemptedAgain(execution, journal),
    ...forgotten(execution),
    ...wronglyTakenBack(execution, journal, writes),
    ...leftBehind(execution, values),
    ...(JSON.stringify(replay(journal)) === JSON.stringify(execution)
      ? []
      : ['I13: the journal tells of another execution']),
  ];
}

/** I4, I6: what the target itself has logged more than once under one key. */
function twice(writes: readonly Write[]): string[] {
  const keys = writes.map((write) => write.key);
  return writes
    .filter((write, i) => keys.indexOf(write.key) !== i)
    .map(({ verb, name }) => `I4: ${verb} of ${name} had effect twice`);
}

/**
 * I4: an action that cannot bear to be repeated is announced once, but for going on with what its target calls unfinished,
 * and where for sure nothing was sent.
 */
export function attemptedAgain({ orders }: Execution, journal: readonly JournalEntry[]): string[] {
  const last = new Map<number, EventType>();
  const again: number[] = [];
  for (const { event } of journal) {
    if (event.type !== 'applied' && !event.type.startsWith('apply-')) continue;
    if (!('step' in event)) continue;
    const before = last.get(event.step) ?? 'apply-withheld';
    const mayFollow = before === 'apply-unfinished' || before === 'apply-withheld';
    if (event.type === 'apply-intended' && !mayFollow) again.push(event.step);
    last.set(event.step, event.type);
  }
  return again
    .filter((step) => orders.steps[step]?.uses === 'pretend/set-once')
    .map((step) => `I4: step ${step} bears no repetition and was attempted again`);
}

/** I5: whatever was begun is over, in force under a lease, or with a person. */
function forgotten({ state }: Execution): string[] {
  return ['closed', 'held', 'holding'].includes(state.phase) ? [] : [`I5: it still stands in ${state.phase}`];
}

/** I6: only steps with an intent are taken back, from the last to the first. */
function wronglyTakenBack({ orders }: Execution, journal: readonly JournalEntry[], writes: readonly Write[]): string[] {
  const intended = new Set(journal.flatMap(({ event }) => (event.type === 'apply-intended' ? [event.step] : [])));
  const order = orders.steps.map(({ with: params }) =>
    params !== null && typeof params === 'object' && 'name' in params ? params.name : undefined,
  );
  const back = writes.filter((write) => write.verb === 'revert').map((write) => order.indexOf(write.name));
  return [
    ...back.filter((step) => !intended.has(step)).map((step) => `I6: step ${step} was taken back without an intent`),
    ...back
      .filter((step, i) => i > 0 && step >= (back[i - 1] ?? 0))
      .map((step) => `I6: step ${step} was taken back out of order`),
  ];
}

/** I6: what the outcome says is what the target shows; all values were `a`, and all steps set them to `b`. */
function leftBehind({ state }: Execution, values: PretendTarget['values']): string[] {
  if (state.phase !== 'closed') return [];
  const { outcome } = state;
  const wanted = outcome === 'succeeded' ? 'b' : 'a';
  if (outcome === 'accepted') return [];
  return [...values]
    .filter(([, value]) => value !== wanted)
    .map(([name, value]) => `I6: it ${outcome}, but ${name} is ${value}`);
}
