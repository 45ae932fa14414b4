import type { Instant } from '../../core/alert.js';
import type { Pause } from '../../core/pause.js';
import type { Storm } from '../../engine/governance.js';
import { stormView } from '../../api/storm-view.js';

/** What the page is made from. */
export interface PausesMaterial {
  readonly pauses: readonly Pause[];
  readonly storms: readonly Storm[];
  /** Names of what can be paused, to choose from. */
  readonly runbooks: readonly string[];
  readonly plugins: readonly string[];
}

/** What somebody has typed into the form, and why it was refused. */
export interface TypedPause {
  readonly what: string;
  readonly name: string;
  readonly reason: string;
  readonly until: string;
  readonly problem: string;
}

/** The form as it is before anybody has typed. */
export const UNTYPED: TypedPause = { what: 'target', name: '', reason: '', until: '', problem: '' };

const KINDS = [
  ['target', 'targets'],
  ['runbook', 'a runbook'],
  ['plugin', 'a plugin'],
  ['all', 'everything'],
] as const;

/** Makes what the page shows. */
export function pausesModel({ pauses, storms, runbooks, plugins }: PausesMaterial, now: Instant, typed: TypedPause) {
  const inForce = pauses.filter(({ until }) => until === undefined || now < until);
  return {
    status: statusOf(inForce, storms),
    pauses: inForce.toSorted((one, other) => other.at - one.at).map(row),
    storms: storms.map(stormRow),
    kinds: KINDS.map(([value, title]) => ({ value, title, chosen: value === typed.what })),
    names: [...runbooks, ...plugins],
    typed,
  };
}

function row({ id, scope, reason, by, at, until, executionId }: Pause) {
  const what = scope === 'all' ? 'Everything' : wordsOf(scope);
  return {
    id,
    what,
    reason,
    by,
    at,
    until: until ?? null,
    executionId: executionId ?? '',
    everything: scope === 'all',
  };
}

function wordsOf(scope: string): string {
  const [kind = '', ...rest] = scope.split(':');
  const name = rest.join(':');
  if (kind !== 'target') return `The ${kind} ${name}`;
  return name.includes('*') ? `Targets like ${name}` : `The target ${name}`;
}

function stormRow(storm: Storm) {
  const { runbook, group = '', observed = false } = stormView(storm);
  const { key, since, calmAt, targets } = storm;
  return { key, runbook, group, observed, since, calmAt, count: targets.length };
}

function statusOf(pauses: readonly Pause[], storms: readonly Storm[]): string {
  const storm =
    storms.length === 0 ? '' : `; ${storms.length === 1 ? 'a storm goes' : `${storms.length} storms go`} on`;
  if (pauses.some(({ scope }) => scope === 'all')) return `Everything is paused: nothing is begun${storm}`;
  if (pauses.length === 0) return `Nothing is paused${storm}`;
  return `${pauses.length === 1 ? 'One pause is' : `${pauses.length} pauses are`} in force${storm}`;
}
