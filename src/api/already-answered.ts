import type { Alert } from '../core/alert.js';
import type { Runbook } from '../core/runbook.js';
import type { KnownAlert } from '../engine/execution-store.js';

/**
 * Names who has answered this incident for each runbook, or nothing when it is no mere repeat: then every runbook is asked
 * anew. The stores have the same rule.
 */
export function alreadyAnswered(
  known: KnownAlert | undefined,
  { startsAt }: Pick<Alert, 'startsAt'>,
  runbooks: readonly Runbook[],
): { readonly runbook: string; readonly executionId: string }[] | undefined {
  if (known === undefined || !known.episode.open) return undefined;
  const { firstStartsAt, lastStartsAt } = known.episode;
  if (startsAt < firstStartsAt || startsAt > lastStartsAt) return undefined;
  const answers = runbooks.flatMap(({ name }) => {
    const answer = known.answers.find(({ runbook, closedAt = Infinity }) => runbook === name && startsAt <= closedAt);
    return answer === undefined ? [] : [{ runbook: name, executionId: answer.executionId }];
  });
  return answers.length === runbooks.length && answers.length > 0 ? answers : undefined;
}
