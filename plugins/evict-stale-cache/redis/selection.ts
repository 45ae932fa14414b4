import { PluginError, sayDuration } from '../../../src/plugin-sdk/index.js';
import type { CacheServer } from './cache-server.js';
import type { AgeConfig, CacheConfig } from './config.js';
import { K } from './lru-k.js';
import type { Params } from './params.js';
import { sayShare, type Share } from './share.js';

/** By what a key counts as stale; times are in milliseconds. */
export type Criterion =
  | { readonly by: 'any' }
  | { readonly by: 'idle'; readonly ms: number }
  | { readonly by: 'ttl'; readonly lifetimeMs: number; readonly ms: number }
  | { readonly by: 'hash-field' | 'sorted-set'; readonly name: string; readonly unitMs: number; readonly ms: number }
  | { readonly by: 'lru-k'; readonly prefix: string; readonly windowMs: number };

/** Which keys a step is about, and how much it may do. */
export interface Selection {
  readonly prefix: string;
  readonly criterion: Criterion;
  readonly share: Share;
  readonly maxKeys: number;
  readonly maxPercent: number;
  readonly keysPerSecond: number;
}

/** Makes of parameters, which the schema has taken, what they mean for that cache. */
export function selectionOf(params: Params, config: CacheConfig): Selection {
  const tier = params.tier === undefined ? undefined : config.tiers[params.tier];
  return {
    prefix: params.match?.slice(0, -1) ?? tier?.prefix ?? missing('match'),
    criterion: criterionOf(params, config),
    share: params.share,
    maxKeys: params.maxKeys ?? config.limits.keys,
    maxPercent: params.maxPercent ?? config.limits.percent,
    keysPerSecond: params.keysPerSecond ?? config.limits.keysPerSecond,
  };
}

function criterionOf({ tier, idleLongerThan, lruK }: Params, config: CacheConfig): Criterion {
  if (idleLongerThan !== undefined) return { by: 'idle', ms: idleLongerThan };
  if (lruK !== undefined) {
    const accesses = config.accesses ?? missing('accesses');
    return { by: 'lru-k', prefix: accesses.prefix, windowMs: accesses.window };
  }
  if (tier === undefined) return { by: 'any' };
  const { age, maxAge } = config.tiers[tier] ?? missing('tier');
  return byAge(age, maxAge);
}

function byAge(age: AgeConfig, ms: number): Criterion {
  switch (age.by) {
    case 'idle':
      return { by: 'idle', ms };
    case 'ttl':
      return { by: 'ttl', lifetimeMs: age.lifetime, ms };
    case 'hash-field':
      return { by: 'hash-field', name: age.field, unitMs: unitMs(age.unit), ms };
    case 'sorted-set':
      return { by: 'sorted-set', name: age.key, unitMs: unitMs(age.unit), ms };
  }
}

const unitMs = (unit: 's' | 'ms'): number => (unit === 's' ? 1_000 : 1);

/** The schema of the parameters sees to it that this does not happen. */
function missing(what: string): never {
  throw new PluginError('bad-parameters', `${what} is missing`, false);
}

/**
 * Gives the criterion as the scripts take it: always five texts.
 *
 * @param olderMs how much older a key must be besides, in milliseconds: what was stale already so long ago
 */
export function criterionForScript(criterion: Criterion, now: number, olderMs = 0): string[] {
  switch (criterion.by) {
    case 'any':
      return ['any', '', '', '', ''];
    case 'idle':
      return ['idle', String(criterion.ms + olderMs), '', '', ''];
    case 'ttl':
      return ['ttl', String(criterion.ms + olderMs), String(criterion.lifetimeMs), '', ''];
    case 'hash-field':
    case 'sorted-set':
      return [criterion.by, String(criterion.ms + olderMs), criterion.name, String(criterion.unitMs), ''];
    case 'lru-k': {
      const running = Math.floor(now / criterion.windowMs);
      const windows = Array.from({ length: K + 1 }, (_, i) => `${criterion.prefix}${running - i}`);
      return ['lru-k', ...windows];
    }
  }
}

/**
 * Sees to it that the server can say what the criterion asks for.
 *
 * @throws PluginError `no-idle-time` under a policy that counts uses instead of remembering the last one
 */
export function assertAnswerable({ criterion }: Selection, { tracksIdle, name }: CacheServer): void {
  if (criterion.by !== 'idle' || tracksIdle) return;
  const detail = `${name} counts how often keys are used (an LFU policy) and does not know since when they were not: choose a tier by ttl, hash-field or sorted-set, or lruK`;
  throw new PluginError('no-idle-time', detail, false);
}

/** Says which keys, in a few words. */
export function saySelection({ prefix, criterion, share }: Selection): string {
  const part = share.from === 0 && share.to === 100 ? '' : `, part ${sayShare(share)}`;
  return `${prefix}* ${sayCriterion(criterion)}${part}`;
}

function sayCriterion(criterion: Criterion): string {
  switch (criterion.by) {
    case 'any':
      return 'of whatever age';
    case 'idle':
      return `unused for ${sayDuration(criterion.ms)}`;
    case 'ttl':
    case 'hash-field':
    case 'sorted-set':
      return `older than ${sayDuration(criterion.ms)}`;
    case 'lru-k':
      return `missing from 2 of the last ${K} windows of ${sayDuration(criterion.windowMs)}`;
  }
}
