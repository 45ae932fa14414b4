import type { Execution } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import { sha256Hex } from '../core/plan-digest.js';
import type { Storm } from '../engine/governance.js';
import { about, moment, type News } from './news.js';

/** So many targets of a storm are named in a message. */
const MOST_NAMED = 10;

/** Names a storm in a message's id, which goes into headers and so must not carry labels. */
export function stormId({ key, since }: Pick<Storm, 'key' | 'since'>): string {
  return `storm-${sha256Hex(key).slice(0, 12)}-${since}`;
}

/** Too many targets are in trouble at once. */
export function stormNews(storm: Storm, proposed: Execution | undefined): News {
  const { key, targets, first, proposal, calmAt } = storm;
  const runbook = first?.runbook ?? key;
  const observed = first?.mode === 'observe';
  const lines = [
    `${targetsOf(storm)}.`,
    observed
      ? `${runbook} only observes, so nothing was stopped; under approve or auto this would have held it back.`
      : 'Repairing them one by one has stopped, and whatever was not begun is blocked. Look for what they have in common.',
    proposed === undefined
      ? `${sentence(proposal?.detail ?? 'nothing is proposed')}.`
      : `Proposed for the whole group: ${proposed.runbook} on ${proposed.target} (${proposed.id}). It is not begun before people agree.`,
    `It is over at ${moment(calmAt)} if no further target is hit until then.`,
  ];
  return {
    id: stormId(storm),
    event: 'storm',
    title: `Storm: ${targets.length} targets of ${runbook} are in trouble at once${observed ? ' (observed)' : ''}`,
    text: lines.join('\n'),
    ...(proposed === undefined ? {} : { execution: about(proposed).execution }),
    path: '/',
  };
}

/** Nothing is begun on a target any more. */
export function frozenNews({ id, scope, reason, at }: Pause, last: Execution | undefined): News {
  const target = scope === 'all' ? 'everything' : scope.replace(/^target:/, '');
  const lines = [
    `${sentence(reason)}.`,
    'Repairs and alert go in a circle; perhaps the repair itself is what does it. Find that out first.',
    `Nothing is begun on ${target} until a person lifts the pause ${id}: DELETE /api/v1/pauses/${id}`,
  ];
  return {
    id: `frozen-${id}-${at}`,
    event: 'frozen',
    title: `${target} is frozen: a person must look`,
    text: lines.join('\n'),
    ...(last === undefined ? {} : { execution: about(last).execution }),
    path: '/pauses',
  };
}

/** Names the targets of a storm, the oldest first; of very many only the number. */
export function targetsOf({ targets }: Pick<Storm, 'targets'>): string {
  const named = targets.slice(0, MOST_NAMED).map(({ target }) => target);
  const more = targets.length > named.length ? ` and ${targets.length - named.length} more` : '';
  return `${targets.length} targets: ${named.join(', ')}${more}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
