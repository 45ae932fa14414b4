import type { Alert } from './alert.js';
import type { BudgetGuard, Claim } from './claim.js';
import { groupSize, opponentsOf, type Governor } from './governor.js';
import type { BlastRadius, Runbook } from './runbook.js';

/** The claims of one execution: those that it is opened with, and those that are taken again right before its first effect. */
export interface Claims {
  readonly opening: readonly Claim[];
  readonly acting: readonly Claim[];
}

/** What an execution acts on, as rendered. */
export interface Aim {
  readonly target: string;
  readonly serving?: { readonly out: string; readonly in?: string; readonly serves?: true };
}

/** The claims, or why one of them can never be taken. */
export type ClaimsOf =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly because: 'blast-radius' | 'capacity'; readonly detail: string };

/** Gives the claims of a runbook that answers an alert, in the order in which they are checked. */
export function claimsOf(runbook: Runbook, alert: Alert, aim: Aim, governor: Governor): ClaimsOf {
  const { target } = aim;
  const unknown = unknownCenter(aim, governor);
  if (unknown !== undefined) return unknown;
  const budgets = budgetsOf(runbook, alert, governor);
  if (!budgets.ok) return budgets;
  const plugins = pluginsOf(runbook.steps.map((step) => step.uses));
  const storm = stormOf(runbook, alert, target, governor);
  const again: Claim[] = [{ kind: 'interval', target, ms: runbook.guards.cooldownMs }, ...budgets.claims];
  const shared = (look: boolean): Claim[] => [
    { kind: 'compatible', plugins, opponents: opponentsOf(governor, plugins), look },
    ...(aim.serving === undefined || !isHeld(aim.serving, governor)
      ? []
      : [{ kind: 'serving', ...aim.serving, rules: governor.assertions, look } as const]),
  ];
  const { fingerprint, startsAt } = alert;
  const { limit, perMs } = governor.loop;
  const opening: Claim[] = [
    { kind: 'episode', fingerprint, runbook: runbook.name, startsAt },
    { kind: 'unpaused', scopes: pauseScopes(runbook.name, plugins, target) },
    ...(storm === undefined ? [] : [storm]),
    { kind: 'refires', target, fingerprint, limit, windowMs: perMs },
    { kind: 'exclusive', target },
    ...again,
    ...shared(true),
  ];
  const calm: Claim[] = storm === undefined ? [] : [{ kind: 'calm', key: storm.key }];
  const acting = [...calm, ...again, ...shared(false)];
  if (runbook.mode !== 'observe') return { ok: true, claims: { opening, acting } };
  return { ok: true, claims: { opening: opening.flatMap((claim) => shadowOf(claim, runbook.name)), acting: [] } };
}

/** Names the plugins of some actions, each once. */
export function pluginsOf(uses: readonly string[]): string[] {
  return [...new Set(uses.map((name) => name.split('/')[0] ?? name))];
}

/** Names the scopes under which a pause stops an execution of this runbook on this target. */
export function pauseScopes(runbook: string, plugins: readonly string[], target: string): string[] {
  return ['all', `runbook:${runbook}`, ...plugins.map((plugin) => `plugin:${plugin}`), `target:${target}`];
}

type Budgets = { readonly ok: true; readonly claims: readonly Claim[] } | Extract<ClaimsOf, { ok: false }>;

function budgetsOf({ name, guards }: Runbook, alert: Alert, governor: Governor): Budgets {
  const claims: Claim[] = [];
  const add = (guard: BudgetGuard, key: string, { limit, perMs }: { limit: number; perMs: number }): void => {
    claims.push({ kind: 'budget', guard, key, limit, windowMs: perMs });
  };
  if (guards.rate) add('rate', name, guards.rate);
  if (guards.blastRadius) {
    const { by, perMs } = guards.blastRadius;
    const group = alert.labels[by] ?? '';
    const size = groupSize(governor, by, group);
    const limit = limitOf(guards.blastRadius, size);
    if (limit === undefined || limit < 1) {
      const detail =
        limit === undefined
          ? `the topology knows no group ${by}=${group}, so ${guards.blastRadius.percent} % of it cannot be counted`
          : `${guards.blastRadius.percent} % of the ${size} in ${by}=${group} is less than one`;
      return { ok: false, because: 'blast-radius', detail };
    }
    add('blast-radius', `${name}|${by}=${group}`, { limit, perMs });
  }
  const { changeBudget } = governor;
  if (changeBudget) {
    add('change-budget', `${changeBudget.by}=${alert.labels[changeBudget.by] ?? ''}`, changeBudget);
  }
  return { ok: true, claims };
}

/** Nothing is held against a move where there is no assertion, but that what was chosen serves. */
function isHeld({ serves }: NonNullable<Aim['serving']>, { assertions }: Governor): boolean {
  return serves === true || assertions.length > 0;
}

/** Of a centre that nobody has described no assertion can be held true. */
function unknownCenter({ serving }: Aim, governor: Governor): Extract<ClaimsOf, { ok: false }> | undefined {
  if (serving === undefined || !isHeld(serving, governor)) return undefined;
  const { centers } = governor;
  const unknown = [serving.out, serving.in].find((center) => center !== undefined && !centers.includes(center));
  if (unknown === undefined) return undefined;
  return { ok: false, because: 'capacity', detail: `the topology knows no centre ${unknown}` };
}

/** The smaller of the two bounds; a share of an unknown group is no bound at all, so there is no answer then. */
function limitOf({ limit = Infinity, percent }: BlastRadius, size: number | undefined): number | undefined {
  if (percent === undefined) return limit;
  return size === undefined ? undefined : Math.min(limit, Math.floor((size * percent) / 100));
}

function stormOf(
  { name, guards: { storm } }: Runbook,
  alert: Alert,
  target: string,
  governor: Governor,
): Extract<Claim, { kind: 'storm' }> | undefined {
  if (storm === undefined) return undefined;
  const { by, distinctTargets, percent, perMs, calmMs } = storm;
  const group = by === undefined ? '' : `${by}=${alert.labels[by] ?? ''}`;
  const size = by === undefined ? undefined : groupSize(governor, by, alert.labels[by] ?? '');
  // one alone is never a storm, however small its group
  const share = size === undefined ? Infinity : Math.max(1, Math.floor((size * percent) / 100));
  const most = Math.min(distinctTargets, share);
  return { kind: 'storm', key: `${name}|${group}`, target, most, windowMs: perMs, calmMs };
}

/** Observing must not get in the way of anybody: it counts beside the others and holds nothing. */
function shadowOf(claim: Claim, runbook: string): Claim[] {
  switch (claim.kind) {
    case 'episode':
    case 'unpaused':
      return [claim];
    case 'interval':
      return [{ ...claim, target: `observe|${runbook}|${claim.target}` }];
    case 'budget':
    case 'storm':
      return [{ ...claim, key: `observe|${runbook}|${claim.key}` }];
    case 'exclusive':
    case 'calm':
    case 'refires':
    case 'opposite':
    case 'compatible':
    case 'serving':
    case 'trusted':
      return [];
  }
}
