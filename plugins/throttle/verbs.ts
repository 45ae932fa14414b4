import { z } from 'zod';
import {
  asPlanned,
  PluginError,
  type Call,
  type EffectCall,
  type PlanCall,
  type Progress,
} from '../../src/plugin-sdk/index.js';
import { beforeSchema, type Before, type LimitParams } from './fields.js';
import { levelsOf, nextLift, type Level, type WayBack } from './lift.js';
import type { Limit } from './limit.js';

const DONE: Progress = { done: true };
const level = z.int().min(0).nullable();

/**
 * Gives the verbs of a throttle, and what all of them have in common: it never loosens a limit, overrules nobody, and is
 * lifted in stages when nobody needs it any more.
 *
 * @param limitOf the limit that a call is about
 */
export function throttleVerbs<Client, Params extends LimitParams>(
  limitOf: (call: Pick<Call<Client, Params>, 'client' | 'params'>) => Limit,
) {
  /** What will be there when the earlier steps are done. */
  async function planned(call: PlanCall<Client, Params>): Promise<{ limit: Limit; from: Level; to: Level }> {
    const limit = limitOf(call);
    const now = await limit.read(call.signal);
    const lacking = await limit.lacking?.(now, call.signal);
    if (lacking !== undefined)
      throw new PluginError('not-in-force', `${limit.name} is set to ${shown(limit, now)}, but ${lacking}`);
    const value = asPlanned(call.earlier, limit.resource, limit.attribute, now);
    const known = level.safeParse(value);
    if (!known.success) throw new PluginError('not-understood', `an earlier step plans no known ${limit.name}`, false);
    return { limit, from: known.data, to: throttledTo(call.params, known.data) };
  }

  return {
    before: beforeSchema,

    async check(call: PlanCall<Client, Params>) {
      const { limit, from, to } = await planned(call);
      const because = `${limit.name} is ${shown(limit, from)} already`;
      return from === to ? { needed: false as const, because } : { needed: true as const };
    },

    async plan(call: PlanCall<Client, Params>) {
      const { limit, from, to } = await planned(call);
      const { resource, attribute, name } = limit;
      const before: Before = { limit: from };
      if (from === to) return { summary: `${name}: ${shown(limit, from)} already`, changes: [], before };
      const { lift } = call.params;
      const summary = `${name}: ${shown(limit, from)} -> ${shown(limit, to)}; ${liftingOf(limit, call.params, before)}`;
      const changes = [{ resource, attribute, from, to }];
      return { summary, changes, before, ...(lift === 'at-once' ? {} : { liftWithinMs: lift.within }) };
    },

    async apply(call: EffectCall<Client, Params>, before: Before): Promise<Progress> {
      const limit = limitOf(call);
      const to = throttledTo(call.params, before.limit);
      const now = await limit.read(call.signal);
      if (now !== to) {
        if (now !== before.limit) throw changedMeanwhile(limit, now, [before.limit, to]);
        await set(call, limit, now, to);
      }
      return (await limit.enforce?.(to, call)) ?? DONE;
    },

    async verify(call: Call<Client, Params>, before: Before) {
      const limit = limitOf(call);
      const to = throttledTo(call.params, before.limit);
      const now = await limit.read(call.signal);
      const detail =
        now === to
          ? await limit.lacking?.(to, call.signal)
          : `${limit.name} is ${shown(limit, now)}, not ${shown(limit, to)}`;
      return detail === undefined ? { took: true as const } : { took: false as const, detail };
    },

    async revert(call: EffectCall<Client, Params>, before: Before): Promise<Progress> {
      const limit = limitOf(call);
      const way = wayBack(call.params, before);
      if (way.throttled === way.before) return DONE;
      const now = await limit.read(call.signal);
      // A stage that was set but is not in force yet proves nothing.
      if (now !== way.throttled && levelsOf(way).includes(now)) {
        const progress = (await limit.enforce?.(now, call)) ?? DONE;
        if (!progress.done || now === way.before) return progress;
      }
      return stepBack(call, limit, way, now);
    },
  };
}

/** Goes one stage back, or all of the way when there is no time for stages. */
async function stepBack(
  call: EffectCall<unknown, LimitParams>,
  limit: Limit,
  way: WayBack,
  now: Level,
): Promise<Progress> {
  const { lift } = call.params;
  const everyMs = lift === 'at-once' ? 0 : lift.every;
  let move = nextLift(way, now, undefined);
  // Nobody is asked how the target bears what somebody else has set.
  if (move.do === 'set' && call.lifting !== undefined && lift !== 'at-once') {
    move = nextLift(way, now, await call.lifting.measure());
    // Measuring takes its time, in which others may have acted.
    const still = await limit.read(call.signal);
    if (still !== now) throw changedMeanwhile(limit, still, [now]);
  }
  switch (move.do) {
    case 'done':
      return DONE;
    case 'foreign':
      throw changedMeanwhile(limit, now, levelsOf(way));
    case 'stay':
      call.log.info('limit stays', { limit: limit.name, at: now, because: move.because });
      return { done: false, againInMs: everyMs };
    case 'set': {
      await set(call, limit, now, move.to);
      const progress = (await limit.enforce?.(move.to, call)) ?? DONE;
      return progress.done && move.to !== way.before ? { done: false, againInMs: everyMs } : progress;
    }
  }
}

async function set(call: EffectCall<unknown, unknown>, limit: Limit, from: Level, to: Level): Promise<void> {
  await limit.write(from, to, call);
  call.log.info('limit changed', { limit: limit.name, from, to });
  const after = await limit.read(call.signal);
  if (after === to) return;
  const detail = `the change was taken, but ${limit.name} is ${shown(limit, after)}, not ${shown(limit, to)}`;
  throw new PluginError('did-not-take', detail);
}

/** A throttle never loosens: where there is less already, that stays. */
function throttledTo({ limit }: LimitParams, before: Level): Level {
  return before === null ? limit : Math.min(limit, before);
}

function wayBack({ lift, full, ...params }: LimitParams, before: Before): WayBack {
  const throttled = throttledTo({ ...params, lift, full }, before.limit);
  return { before: before.limit, throttled, stages: lift === 'at-once' ? [100] : lift.stages, full };
}

function liftingOf(limit: Limit, params: LimitParams, before: Before): string {
  const levels = levelsOf(wayBack(params, before)).slice(1);
  if (params.lift === 'at-once') return 'lifted at once';
  const seconds = `${params.lift.every / 1_000} s`;
  if (levels.length === 1) {
    const why = before.limit === null && params.full === undefined ? ' (there was no limit, and no full is given)' : '';
    return `lifted in one step${why} while it is healthy`;
  }
  return `lifted to ${levels.map((one) => shown(limit, one)).join(', ')}, one each ${seconds} while it stays healthy`;
}

function changedMeanwhile(limit: Limit, now: Level, known: readonly Level[]): PluginError {
  const names = known.map((one) => shown(limit, one)).join(', ');
  const detail = `${limit.name} is ${shown(limit, now)} and none of ${names}: somebody changed it meanwhile; set it by hand`;
  return new PluginError('changed-meanwhile', detail, false);
}

/** Says a level, such as `20 r/s`. */
export function shown({ unit }: Pick<Limit, 'unit'>, now: Level): string {
  return now === null ? 'no limit' : `${now}${unit}`;
}
