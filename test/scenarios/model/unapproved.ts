import type { Instant } from '../../../src/core/alert.js';
import type { Event, JournalEntry } from '../../../src/core/event.js';
import type { Execution } from '../../../src/core/execution.js';
import type { StepPlan } from '../../../src/core/step-plan.js';
import { planDigest } from '../../../src/core/plan-digest.js';
import type { ApprovalRule, Mode } from '../../../src/core/runbook.js';

interface Question {
  readonly digest: string;
  readonly expiresAt: Instant;
  readonly grants: ReadonlyMap<string, { readonly roles: readonly string[]; readonly digest: string }>;
}

/** What the journal has told so far about the agreement to an execution. */
interface Told {
  readonly mode: Mode;
  readonly plan: readonly StepPlan[];
  readonly plannedAt: Instant;
  readonly question: Question | undefined;
  /** Whether an effect was announced; the first announcement may still be withheld. */
  readonly begun: 'no' | 'announced' | 'yes';
}

/** From the least to the most: no news lets an execution go further than before. */
const MODES: readonly Mode[] = ['observe', 'approve', 'auto'];

/** How old a plan may be when it is begun. */
const FRESH_MS = 60_000;

/**
 * I8: lists what was begun without agreement to just that. Reads nothing but the journal, and counts people in its own
 * way, so that it does not share a mistake with what it checks.
 */
export function unapproved(journal: readonly JournalEntry[]): string[] {
  const [first] = journal;
  if (first?.event.type !== 'opened') return ['I8: the journal does not begin with the opening'];
  const { execution } = first.event;
  const found: string[] = [];
  let told: Told = { mode: execution.mode, plan: [], plannedAt: 0, question: undefined, begun: 'no' };
  for (const { event, at } of journal.slice(1)) {
    if (event.type === 'apply-intended' && told.begun === 'no') {
      if (event.intent.at - told.plannedAt > FRESH_MS) found.push('I8: it was begun with an old plan');
      if (told.mode === 'approve') found.push(...missing(execution, told, event.intent.at));
    }
    told = after(told, event, at, execution);
  }
  return found;
}

function after(told: Told, event: Event, at: Instant, { orders, target }: Execution): Told {
  const asking = (plan: readonly StepPlan[], to: Mode = told.mode): Told => {
    const mode = MODES.find((one) => one === to || one === told.mode) ?? to;
    const digest = planDigest(target, orders.steps, plan);
    const again = mode === told.mode && told.question?.digest === digest;
    const fresh = { digest, expiresAt: at + orders.approval.withinMs, grants: new Map() };
    return { ...told, mode, plan, question: mode !== 'approve' ? undefined : again ? told.question : fresh };
  };
  if (event.type === 'planned') {
    const asks = event.plan.some((step) => step.asks !== undefined) ? 'approve' : told.mode;
    const to = MODES.find((one) => one === asks || one === event.lowered?.to) ?? asks;
    return { ...asking(event.plan, to), plannedAt: event.since ?? at };
  }
  if (event.type === 'lowered') return asking(told.plan, event.lowered.to);
  if (event.type === 'approved' && told.question !== undefined) {
    const { by, roles = [], digest, lapsed = [] } = event;
    const grants = new Map([...told.question.grants].filter(([person]) => !lapsed.includes(person)));
    return { ...told, question: { ...told.question, grants: grants.set(by, { roles, digest }) } };
  }
  if (event.type === 'apply-intended') return { ...told, begun: told.begun === 'no' ? 'announced' : 'yes' };
  if (event.type === 'apply-withheld' && told.begun === 'announced') return { ...told, begun: 'no' };
  const isOutcome = event.type === 'applied' || event.type.startsWith('apply-');
  return isOutcome ? { ...told, begun: 'yes' } : told;
}

function missing({ orders, requestedBy }: Execution, { plan, question }: Told, at: Instant): string[] {
  if (question === undefined) return ['I8: it was begun, and nobody was asked'];
  const { digest, expiresAt, grants } = question;
  const found: string[] = [];
  if (at >= expiresAt) found.push('I8: it was begun after the end of the approval');
  if (grants.has(requestedBy)) found.push('I8: whoever asked for it agreed to it');
  if ([...grants.values()].some((grant) => grant.digest !== digest)) found.push('I8: somebody agreed to another plan');
  if (plan.length === 0) found.push('I8: it was begun without a plan');
  if (!enough(orders.approval, [...grants.values()])) found.push('I8: not enough people agreed');
  return found;
}

/** Tries every way of giving each role to a person of its own. */
function enough(
  { required, roles = [] }: ApprovalRule,
  people: readonly { readonly roles: readonly string[] }[],
): boolean {
  const counted = roles.length === 0 ? people : people.filter((one) => one.roles.some((role) => roles.includes(role)));
  const fill = (open: readonly string[], free: readonly { readonly roles: readonly string[] }[]): boolean => {
    const [role, ...others] = open;
    if (role === undefined) return true;
    return free.some(
      (one) =>
        one.roles.includes(role) &&
        fill(
          others,
          free.filter((other) => other !== one),
        ),
    );
  };
  return counted.length >= required && fill(roles, counted);
}
