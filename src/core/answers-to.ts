import type { Instant } from './alert.js';
import { evolve } from './evolve.js';
import type { Event } from './event.js';
import { isInForce, type Execution } from './execution.js';

/** What a person can want of an execution. */
export const COMMANDS = ['approve', 'reject', 'cancel', 'revert', 'retry', 'accept'] as const;

/** Name of a command. */
export type CommandName = (typeof COMMANDS)[number];

/** Names the commands to which an execution answers as it stands; it is `evolve` that says so. */
export function answersTo(execution: Execution, now: Instant): CommandName[] {
  return COMMANDS.filter((name) => evolve(execution, eventOf(name, execution), now).ok);
}

/** Tells whether a person can have something taken back of an execution, open or closed. */
export function canBeTakenBack(execution: Execution, now: Instant): boolean {
  return execution.steps.some(isInForce) && evolve(execution, eventOf('revert', execution), now).ok;
}

function eventOf(name: CommandName, { state }: Execution): Event {
  // nobody is called so, so that it is neither the requester nor somebody who has agreed already
  const [by, reason] = ['', ''];
  switch (name) {
    case 'approve':
      return { type: 'approved', by, digest: state.phase === 'awaiting-approval' ? state.digest : '' };
    case 'reject':
      return { type: 'rejected', by, reason };
    case 'cancel':
      return { type: 'cancelled', by, reason };
    case 'revert':
      return { type: 'revert-asked', by, reason };
    case 'retry':
      return { type: 'retry-asked', by, reason };
    case 'accept':
      return { type: 'accepted', by, reason };
  }
}
