import { z } from 'zod';
import type { Json } from '../plugin-sdk/index.js';
import type { Stage } from './action-contract-world.js';

/** One promise that every action keeps. */
export interface Clause {
  readonly name: string;
  /** Says how the promise is broken; undefined when it is kept. */
  broken(stage: Stage): Promise<string | undefined>;
}

/** Plans, and gives `before` as it comes out of the journal. */
export async function keptBefore(stage: Stage): Promise<Json> {
  return throughJson((await stage.plan()).before);
}

/** Makes of a value what the journal makes of it. */
export function throughJson(value: Json): Json {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}

/** The fence of a process that was overtaken. */
export const closedFence = fenceThatCloses(0);

/** The fence of a process that is overtaken after some writes. */
export function fenceThatCloses(afterWrites: number): () => Promise<void> {
  let asked = 0;
  return async () => {
    asked += 1;
    if (asked > afterWrites) throw new Error('another process has taken over');
  };
}

/** Does something that must fail, and says when it did not, or when it changed the target. */
export async function failsWithoutChange(stage: Stage, what: () => Promise<void>): Promise<string | undefined> {
  let error: unknown;
  const changed = await stage.changesBy(async () => {
    error = await stage.errorOf(what);
  });
  return changed ?? (error === undefined ? 'it did not fail' : undefined);
}
