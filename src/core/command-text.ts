import type { CommandName } from './answers-to.js';
import type { Execution } from './execution.js';

/** Says what a command would do to an execution as it stands, as the rest of a sentence that begins with its name. */
export function doesOf(command: CommandName, { state }: Execution): string {
  switch (command) {
    case 'approve':
      return 'agrees to the plan with this digest';
    case 'reject':
      return 'says no; nothing is changed';
    case 'cancel':
      return 'stops it, and takes back what it has changed';
    case 'revert':
      return 'takes back what it has changed';
    case 'retry':
      return state.phase === 'held' ? RETRY[state.resume.at] : 'tries again';
    case 'accept':
      return 'keeps everything as it is, and ends it';
  }
}

const RETRY = {
  apply: 'asks the target again whether the step took',
  step: 'goes on with the step that was not begun',
  verify: 'measures and judges again',
  revert: 'tries again to take the step back',
} as const;
