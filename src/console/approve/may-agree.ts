import { may, rolesOn } from '../../access/may.js';
import type { Person } from '../../access/person.js';
import type { Instant } from '../../core/alert.js';
import { evolve } from '../../core/evolve.js';
import type { Refusal } from '../../core/evolved.js';
import type { Execution, State } from '../../core/execution.js';
import { mayNot } from '../execution/commands-model.js';

/** An execution that waits for people. */
export type Asking = Extract<State, { phase: 'awaiting-approval' }>;

/** Whether somebody can agree to a plan: if not, why not; and if yes, what the person should know of it. */
export type Agreeing = { readonly can: true; readonly note: string } | { readonly can: false; readonly why: string };

/**
 * Says whether a person can agree now; it is `evolve` that says so, the same as when the agreement comes.
 *
 * @param person who looks
 * @param own whether it was this person who asked for it, by whatever account
 * @param lapsed whose agreement would not count beside this one
 */
export function mayAgree(
  person: Person,
  execution: Execution,
  state: Asking,
  { own, lapsed, now }: { readonly own: boolean; readonly lapsed: readonly string[]; readonly now: Instant },
): Agreeing {
  if (!may(person, 'approve', execution))
    return { can: false, why: `You may not approve this: ${mayNot('approve', execution)}.` };
  if (own) return { can: false, why: wordsFor('own-request', '') };
  const held = rolesOn(person, execution);
  const { name: by, account } = person;
  const evolved = evolve(execution, { type: 'approved', by, account, digest: state.digest, roles: held, lapsed }, now);
  if (!evolved.ok) return { can: false, why: wordsFor(evolved.because, evolved.detail) };
  const { roles = [] } = execution.orders.approval;
  if (roles.length === 0 || roles.some((role) => held.includes(role))) return { can: true, note: '' };
  return {
    can: true,
    note: `Your agreement would be noted and would not count: you have none of the roles ${[...new Set(roles)].join(', ')} here.`,
  };
}

function wordsFor(because: Refusal, detail: string): string {
  switch (because) {
    case 'own-request':
      return 'You asked for this yourself, and whoever asks cannot approve: somebody else must look at it.';
    case 'already':
      return 'You have agreed to this plan already.';
    case 'expired':
      return 'The time for approval is over.';
    case 'not-in-phase':
      return 'Enough people have agreed: the plan is made once more, and begins if it is still the same.';
    case 'plan-changed':
    case 'under-way':
    case 'irreversible':
    case 'old-epoch':
      return `You cannot approve this now: ${detail}.`;
  }
}
