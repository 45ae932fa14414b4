import type { Instant } from '../core/alert.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { Execution } from '../core/execution.js';
import type { Pause } from '../core/pause.js';
import { ADVICE } from '../core/suppressions.js';
import type { DecisionRecord } from '../engine/execution-store.js';
import type { Storm } from '../engine/governance.js';
import { sayPause } from './why-execution.js';
import { stands } from './why-stands.js';
import { fact, sayNo, when, type Fact } from './why-words.js';

/** What became of an alert for one runbook that answers it, or did. */
export interface RunbookAnswer {
  readonly runbook: string;
  /** The newest decision; `none` when the runbook matches now and was not asked yet. */
  readonly decision: DecisionRecord['decision'] | 'none';
  readonly because?: DecisionRecord['because'];
  readonly executionId?: string;
  readonly phase?: string;
  readonly outcome?: string;
  /** The rest of a sentence that begins with the runbook's name. */
  readonly says: string;
  readonly facts: readonly Fact[];
}

/** What is known around the decisions about one alert. */
export interface Circumstances {
  readonly now: Instant;
  /** Every execution that is spoken of, by its id. */
  readonly executions: ReadonlyMap<string, Execution>;
  readonly pauses: readonly Pause[];
  readonly storms: readonly Storm[];
}

/** Says what a runbook made of an alert: by its newest execution, or by the newest decision if that came later. */
export function runbookAnswer(
  runbook: string,
  newest: DecisionRecord | undefined,
  execution: Execution | undefined,
  around: Circumstances,
): RunbookAnswer {
  const { now } = around;
  if (newest !== undefined && isNo(newest, execution)) return suppressed(runbook, newest, execution, around);
  if (execution !== undefined) {
    const { state, id } = execution;
    const outcome = state.phase === 'closed' ? { outcome: state.outcome } : {};
    const about = { decision: 'opened', executionId: id, phase: state.phase, ...outcome } as const;
    return { runbook, ...about, says: `${stands(execution, now)} (${id})`, facts: fact('more', `firebreak why ${id}`) };
  }
  if (newest === undefined) {
    const says = 'matches now, and has not been asked yet: it is at the next repeat of the alert';
    return { runbook, decision: 'none', says, facts: [] };
  }
  const { decision, executionId, at, detail = decision } = newest;
  const gone = executionId === undefined ? '' : `, by ${executionId}, which is not kept any more`;
  const about = executionId === undefined ? {} : { executionId };
  return { runbook, decision, ...about, says: `has decided at ${when(at, now)}: ${detail}${gone}`, facts: [] };
}

/** A repeat of what is answered already is no new question, whatever was said about it. */
function isNo({ decision, because, at, startsAt }: DecisionRecord, execution: Execution | undefined): boolean {
  if (decision !== 'suppressed' || because === 'duplicate') return false;
  if (execution === undefined) return true;
  const isRepeat = because === 'too-old' && startsAt <= (execution.alert?.startsAt ?? 0);
  return at >= execution.timeline.openedAt && !isRepeat;
}

function suppressed(
  runbook: string,
  { decision, because, detail = '', at, refusal }: DecisionRecord,
  before: Execution | undefined,
  around: Circumstances,
): RunbookAnswer {
  const { now, executions } = around;
  const blocker =
    refusal !== undefined && 'executionId' in refusal ? executions.get(refusal.executionId ?? '') : undefined;
  return {
    runbook,
    decision,
    ...(because === undefined ? {} : { because }),
    says: `did nothing at ${when(at, now)}: ${sayNo(because ?? '', detail)}`,
    facts: [
      ...fact('now', refusal && nowOf(refusal, at, around)),
      ...fact('by', blocker && `${blocker.id}: ${blocker.runbook} on ${blocker.target} ${stands(blocker, now)}`),
      ...fact('before', before && before !== blocker ? `${before.id} ${stands(before, now)}` : undefined),
      ...fact('what to do', because && ADVICE[because]),
    ],
  };
}

const ANSWERED_NEXT = 'the next repeat of the alert is answered, if nothing else says no';

/** Whether what stood in the way still does. */
function nowOf(
  refusal: OpeningRefusal,
  at: Instant,
  { now, pauses, storms, executions }: Circumstances,
): string | undefined {
  switch (refusal.because) {
    case 'paused': {
      const still = pauses.filter(({ scope, until = Infinity }) => scope === refusal.scope && until > now);
      return still.length === 0
        ? `lifted: ${ANSWERED_NEXT}`
        : still.map((pause) => `pause ${sayPause(pause, now)}`).join('; ');
    }
    case 'loop': {
      const still = pauses.find(({ id }) => id === refusal.pauseId);
      return still === undefined ? `lifted: ${ANSWERED_NEXT}` : `pause ${sayPause(still, now)}`;
    }
    case 'storm': {
      const storm = storms.find(({ key }) => key === refusal.key);
      if (storm === undefined) return `calm again: ${ANSWERED_NEXT}`;
      const proposal =
        storm.proposal === undefined
          ? ''
          : `; proposed for all: ${storm.proposal.executionId ?? ''} ${storm.proposal.detail}`;
      return `goes on with ${storm.targets.length} targets until ${when(storm.calmAt, now)} if no more are hit${proposal}`;
    }
    case 'target-busy':
    case 'conflict': {
      const closed = executions.get(refusal.executionId)?.state.phase === 'closed';
      return closed ? `free again: ${ANSWERED_NEXT}` : undefined;
    }
    case 'cooldown':
    case 'rate':
    case 'blast-radius':
    case 'change-budget': {
      if (refusal.leftMs === undefined) return undefined;
      const end = at + refusal.leftMs;
      return end <= now ? `over since ${when(end, now)}: ${ANSWERED_NEXT}` : `until ${when(end, now)}`;
    }
    case 'stale':
    case 'duplicate':
    case 'capacity':
      return undefined;
  }
}
