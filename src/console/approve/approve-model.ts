import { may } from '../../access/may.js';
import { PERMITTED } from '../../access/permission.js';
import type { Person } from '../../access/person.js';
import { missingPeople } from '../../api/why-stands.js';
import { afterExpiry, whoMustAgree, whyAsked } from '../../core/asking-text.js';
import type { Instant } from '../../core/alert.js';
import { sayDuration } from '../../core/duration.js';
import type { Execution } from '../../core/execution.js';
import { asksOf } from '../../core/lowered.js';
import { alertModel } from '../execution/alert-model.js';
import { choiceModel } from '../execution/choice-model.js';
import { wordOf, type Notice } from '../execution/execution-model.js';
import { decisionsIn } from '../execution/journal-model.js';
import type { Material } from '../execution/material.js';
import { planModel } from '../execution/plan-model.js';
import { mayAgree, type Asking } from './may-agree.js';

/** So many differences from the plan before are written. */
const MOST_CHANGED = 50;
/** Words of `why` for what would keep it from being begun now. */
const BLOCKING = ['guard', 'what to do', 'pause'];

/**
 * Makes of what is known of an execution what is shown to whoever is asked to agree to its plan.
 *
 * @param material all that is known
 * @param person who looks
 * @param notice what was refused just now, if anything
 */
export function approveModel(material: Material, person: Person, notice?: Notice) {
  const { execution, journal, why, now } = material;
  const { id, runbook, target, state, reason = '', trigger, requestedBy } = execution;
  return {
    id,
    runbook,
    target,
    reason,
    trigger,
    requestedBy,
    word: wordOf(execution),
    stands: why.answer,
    path: `/executions/${encodeURIComponent(id)}`,
    notice: notice ?? null,
    alert: alertModel(execution),
    because: becauseOf(execution),
    plan: planModel(execution),
    choice: choiceModel(execution),
    decisions: decisionsIn(execution, journal),
    question: state.phase === 'awaiting-approval' ? questionModel(material, state, person, now) : null,
  };
}

/** What the page of a plan shows. */
export type ApproveModel = ReturnType<typeof approveModel>;

/** What only an execution has that waits for people. */
function questionModel({ execution, why, own, lapsed }: Material, state: Asking, person: Person, now: Instant) {
  const { digest, expiresAt, changed = [], grants } = state;
  const agreeing = mayAgree(person, execution, state, { own, lapsed, now });
  const isOpen = state.agreed === undefined;
  return {
    asks: asksOf(state.plan),
    changed: changed.slice(0, MOST_CHANGED),
    moreChanged: Math.max(0, changed.length - MOST_CHANGED),
    digest,
    who: whoMustAgree(execution),
    missing: missingPeople(execution, state) ?? '',
    grants: grants.map(({ by, at, roles = [], reason = '' }) => {
      return { by, at, roles: roles.join(', '), reason, lapsed: lapsed.includes(by) };
    }),
    expiresAt,
    left: expiresAt > now ? sayDuration(expiresAt - now) : '',
    after: afterExpiry(execution),
    blocking: why.facts.filter(({ about }) => BLOCKING.includes(about)).map(({ about, says }) => ({ about, says })),
    approves: agreeing.can,
    note: agreeing.can ? agreeing.note : '',
    no: agreeing.can ? '' : agreeing.why,
    roles: PERMITTED.approve.join(' or '),
    rejects: isOpen && may(person, 'reject', execution),
  };
}

/** Says why Firebreak asks a person at all. */
function becauseOf({ lowered, trigger, requestedBy, runbook, reason = '' }: Execution): string {
  if (lowered?.why === 'asks') return 'the plan itself asks for a person';
  if (lowered !== undefined) return `${runbook} may not act by itself any more: ${whyAsked(lowered)}`;
  if (trigger === 'alert' && reason.startsWith('storm '))
    return 'a storm goes on, and this is proposed for the whole group';
  const asked = trigger === 'alert' ? '' : `; ${requestedBy} asked for it (${trigger})`;
  return `it runs in mode approve and changes nothing without one${asked}`;
}
