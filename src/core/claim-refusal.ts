import type { Instant } from './alert.js';
import type { CenterMove } from './serving-rule.js';
import type { BudgetGuard } from './claim.js';
import { sayDuration } from './duration.js';
import type { Lowered } from './execution.js';
import type { Mode } from './runbook.js';

/** Which claim of an opening could not be taken, with the numbers that say why. */
export type OpeningRefusal =
  | { readonly because: 'stale'; readonly tombstone: Instant }
  | { readonly because: 'duplicate'; readonly executionId: string }
  | { readonly because: 'paused'; readonly scope: string; readonly reason: string }
  | { readonly because: 'target-busy'; readonly executionId: string }
  | { readonly because: 'cooldown'; readonly leftMs: number; readonly executionId: string }
  | {
      readonly because: BudgetGuard;
      readonly key: string;
      readonly used: number;
      readonly limit: number;
      /** When the next is free; absent while nobody knows, as the oldest of them is open. */
      readonly leftMs?: number;
      /** One of those that use it. */
      readonly executionId?: string;
    }
  | { readonly because: 'storm'; readonly key: string; readonly targets: number; readonly calmInMs: number }
  | { readonly because: 'loop'; readonly pauseId: string; readonly reason: string; readonly executionId: string }
  | { readonly because: 'conflict'; readonly plugin: string; readonly executionId: string }
  | CapacityRefusal;

/** Why centres must stay as they are: too little would be left, one has just been moved, or the chosen one is out. */
export type CapacityRefusal =
  | { readonly because: 'capacity'; readonly rule: string; readonly left: number; readonly needed: number }
  | {
      readonly because: 'capacity';
      readonly rule: string;
      readonly center: string;
      readonly moved: CenterMove['way'];
      readonly at: Instant;
      readonly by: string;
      readonly leftMs: number;
    }
  | { readonly because: 'capacity'; readonly center: string; readonly takenOutBy: string };

/** Which claim could not be taken; an execution that is open already can also lose the trust that it was opened with. */
export type ClaimRefusal =
  | OpeningRefusal
  | { readonly because: 'not-trusted'; readonly to: Mode; readonly why: Lowered['why']; readonly executionId: string };

/** Says in one sentence, with its numbers, why a claim could not be taken; it stands after the reason's name. */
export function explain(refusal: ClaimRefusal): string {
  switch (refusal.because) {
    case 'stale':
      return `old news: this alert is known to have resolved at ${new Date(refusal.tombstone).toISOString()}`;
    case 'duplicate':
      return `this incident is answered already by ${refusal.executionId}`;
    case 'paused':
      return `paused (${refusal.scope}): ${refusal.reason}`;
    case 'target-busy':
      return `the target is held by ${refusal.executionId}`;
    case 'cooldown':
      return `${sayDuration(refusal.leftMs)} left since ${refusal.executionId}`;
    case 'rate':
    case 'blast-radius':
    case 'change-budget':
      return explainBudget(refusal);
    case 'storm': {
      const { key, targets, calmInMs } = refusal;
      return `${targets} targets are in trouble (${sayKey(key)}); calm in ${sayDuration(calmInMs)} if no more are hit`;
    }
    case 'loop':
      return `the target is frozen (${refusal.pauseId}): ${refusal.reason}`;
    case 'conflict':
      return `${refusal.executionId} is at work with ${refusal.plugin}, which must not happen at the same time`;
    case 'capacity':
      return explainCapacity(refusal);
    case 'not-trusted':
      return `the runbook may only ${refusal.to} since ${refusal.executionId} (${refusal.why})`;
  }
}

function explainCapacity(refusal: CapacityRefusal): string {
  if ('needed' in refusal)
    return `assertion ${refusal.rule}: ${refusal.left} would be left in service, ${refusal.needed} are needed`;
  if ('takenOutBy' in refusal)
    return `${refusal.center} was chosen to take over, and is out of service since (${refusal.takenOutBy})`;
  const { rule, center, moved, at, by, leftMs } = refusal;
  const how = moved === 'out' ? 'taken out of service' : 'brought in';
  const since = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return `assertion ${rule}: ${center} was ${how} at ${since} by ${by}, and is not moved back for another ${sayDuration(leftMs)}`;
}

function explainBudget({
  key,
  used,
  limit,
  leftMs,
  executionId,
}: Extract<ClaimRefusal, { because: BudgetGuard }>): string {
  const by = executionId === undefined ? '' : ` by ${executionId}${used > 1 ? ' and others' : ''}`;
  const free = leftMs === undefined ? '' : `, the next is free in ${sayDuration(leftMs)}`;
  return `budget ${sayKey(key)}: ${used} of ${limit} used${by}${free}`;
}

/** Names what a budget or a storm counts: the group, else the runbook; observing counts for itself. */
function sayKey(key: string): string {
  const [, runbook = '', shadow] = /^observe\|([^|]*)\|(.*)$/s.exec(key) ?? [];
  if (shadow !== undefined) return `${sayKey(shadow)}, only observed by ${runbook}`;
  const [, name = key, group = ''] = /^([^|=]*)\|(.*)$/s.exec(key) ?? [];
  return group === '' ? name : `${group} of ${name}`;
}
