import { sayDuration } from '../../core/duration.js';
import type { ApprovalRule, BlastRadius, Guards, Objective, StormRule } from '../../core/runbook.js';

/** Says the brakes of a runbook, one sentence each, also which were taken off. */
export function guardWords(guards: Guards): string[] {
  const { cooldownMs, maxAlertAgeMs, rate, blastRadius, storm, windows, require, recurrence } = guards;
  return [
    cooldownMs === 0
      ? 'No cooldown.'
      : `Leaves a target alone for ${sayDuration(cooldownMs)} after it has acted on it.`,
    `Takes an alert that fires for longer than ${sayDuration(maxAlertAgeMs)} for old news.`,
    ...(rate === undefined ? [] : [`At most ${rate.limit} executions within ${sayDuration(rate.perMs)}.`]),
    ...(blastRadius === undefined ? [] : [blastWords(blastRadius)]),
    storm === undefined ? 'Does not stop in a storm: that brake was taken off.' : stormWords(storm),
    ...(windows === undefined || windows.only.length === 0 ? [] : [`Acts only within ${list(windows.only)}.`]),
    ...(windows === undefined || windows.never.length === 0 ? [] : [`Never acts within ${list(windows.never)}.`]),
    ...require.map(({ probe }) => `Begins only while ${probe} says healthy.`),
    recurrence === undefined
      ? 'Does not count how often one alert comes back: that brake was taken off.'
      : `Asks a person when one alert was repaired ${recurrence.limit} times within ${sayDuration(recurrence.perMs)}.`,
  ];
}

/** Says what is wanted of a recovery; null when nobody has said so. */
export function objectiveWords(objective: Objective | undefined): string | null {
  if (objective === undefined) return null;
  const { recoveryMs, dataLossMs } = objective;
  const wanted = [
    ...(recoveryMs === undefined ? [] : [`well again within ${sayDuration(recoveryMs)} of the start of the alert`]),
    ...(dataLossMs === undefined ? [] : [lossWords(dataLossMs)]),
  ];
  const text = wanted.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lossWords(ms: number): string {
  return ms === 0
    ? 'no acknowledged write missing'
    : `no acknowledged write missing that is older than ${sayDuration(ms)}`;
}

/** Says who must agree, and for how long they are waited for. */
export function approvalWords({ required, roles = [], withinMs, onExpiry = 'close' }: ApprovalRule): string {
  const count = Math.max(required, roles.length);
  const people = count === 1 ? `One person${roleWords(roles)}` : `${count} different people${roleWords(roles)}`;
  const then = onExpiry === 'close' ? 'then it ends and nothing was touched' : 'then the next runbook is opened';
  return `${people}, within ${sayDuration(withinMs)}; ${then}.`;
}

function roleWords(roles: readonly string[]): string {
  if (roles.length === 0) return '';
  return roles.length === 1
    ? ` with the role ${roles.join()}`
    : `, one of whom for each of the roles ${roles.join(', ')}`;
}

function blastWords({ by, limit, percent, perMs }: BlastRadius): string {
  const parts = [
    ...(limit === undefined ? [] : [`${limit} targets`]),
    ...(percent === undefined ? [] : [`${percent} % of the targets`]),
  ];
  return `Works on at most ${parts.join(' or ')} with the same ${by} within ${sayDuration(perMs)}.`;
}

function stormWords({ distinctTargets, perMs, percent, by, calmMs, propose }: StormRule): string {
  const share = by === undefined ? '' : `, or more than ${percent} % of those with the same ${by},`;
  const next = propose === undefined ? '' : `, and proposes ${propose} for all of them`;
  return `Stops when more than ${distinctTargets} targets${share} are in trouble within ${sayDuration(perMs)}${next}; calm after ${sayDuration(calmMs)}.`;
}

function list(windows: readonly { readonly source: string }[]): string {
  return windows.map(({ source }) => source).join(' or ');
}
