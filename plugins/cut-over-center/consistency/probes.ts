import { setTimeout as pause } from 'node:timers/promises';
import type { Call, Measurement } from '../../../src/plugin-sdk/index.js';
import { answerOf } from './answer.js';
import type { Manner } from './comparison.js';
import type { ComparedConfig, ConsistencyKit, ConsistencySystem } from './kit.js';
import { withSides } from './open-sides.js';
import { paramsSchema, type Params } from './params.js';
import type { PassMemory } from './passes.js';
import { comparing } from './slice.js';

/** Ends of life are told by two servers at two moments. */
const TOLERANCE_MS = 2_000;

/** The probes that compare both sides, by name. */
export function consistencyProbes({ probe, config }: ConsistencyKit) {
  return {
    consistency: probe({
      summary: 'Whether both sides hold the same, compared a slice at a time',
      params: paramsSchema(config),

      async measure(call): Promise<Measurement> {
        const { kind, cluster, here, there } = call.params;
        const memory = call.client.consistency.of(JSON.stringify([kind, cluster, here, there]));
        if (!memory.busy && isDue(memory, call.params)) await compare(call, config, memory);
        return answerOf(memory, call.params, Date.now());
      },
    }),
  };
}

/** A pass that has come to its end rests for half of the time that it is good for. */
function isDue({ underWay, last }: PassMemory, { within }: Params): boolean {
  return underWay !== undefined || last === undefined || Date.now() - last.endedAt > within / 2;
}

async function compare(
  { client, params, signal }: Call<ConsistencySystem, Params>,
  config: ComparedConfig,
  memory: PassMemory,
): Promise<void> {
  const manner: Manner = {
    keep: params.keep,
    toleranceMs: TOLERANCE_MS,
    settleMs: params.settle,
    clock: { now: Date.now, sleep: (ms) => pause(ms, undefined, { signal }) },
  };
  memory.busy = true;
  try {
    await withSides(client, config, params, signal, async (sides) => {
      memory.about = await sides.about();
      const begunAt = memory.underWay?.begunAt ?? Date.now();
      const pace = { keysPerSecond: params.keysPerSecond, forMs: params.slice };
      for await (const comparison of comparing(memory.underWay?.comparison, sides, manner, pace)) {
        if (comparison.walking === 'nobody') {
          memory.last = { begunAt, endedAt: Date.now(), comparison };
          memory.underWay = undefined;
        } else memory.underWay = { begunAt, comparison };
      }
    });
  } finally {
    memory.busy = false;
  }
}
