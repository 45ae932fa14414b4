import { may } from '../../access/may.js';
import { PERMITTED } from '../../access/permission.js';
import type { Person } from '../../access/person.js';
import type { Instant } from '../../core/alert.js';
import { answersTo, type CommandName } from '../../core/answers-to.js';
import { doesOf } from '../../core/command-text.js';
import type { Execution } from '../../core/execution.js';
import { changeModel, inForceBack, inForceStuck, type ChangeModel } from './plan-model.js';

/** So many changes are named in what a command would do. */
const MOST_NAMED = 10;

/** A command to which an execution answers now, for the page. */
export interface CommandModel {
  readonly name: CommandName;
  readonly title: string;
  /** What it does, as a sentence. */
  readonly does: string;
  /** Where its form is sent to, or for an agreement where the plan is read. */
  readonly action: string;
  /** Why this person may not, or nothing. */
  readonly no: string;
  /** What it would change at the target, the first ones. */
  readonly changes: readonly ChangeModel[];
  readonly more: number;
  /** Steps that are in force and stay so, because they cannot be taken back. */
  readonly stuck: readonly string[];
  /** It changes something at once. */
  readonly dangerous: boolean;
}

const TITLES: { readonly [name in CommandName]: string } = {
  approve: 'Read the plan and decide',
  reject: 'Say no',
  cancel: 'Cancel',
  revert: 'Take it back',
  retry: 'Try again',
  accept: 'Accept as it is',
};

/** Lists the commands to which an execution answers, with whether this person may give them. */
export function commandsModel(execution: Execution, person: Person, now: Instant): CommandModel[] {
  return answersTo(execution, now).map((name) => commandModel(name, execution, person));
}

function commandModel(name: CommandName, execution: Execution, person: Person): CommandModel {
  const takesBack = name === 'revert' || name === 'cancel';
  const back = takesBack ? inForceBack(execution) : [];
  const does = doesOf(name, execution);
  return {
    name,
    title: TITLES[name],
    does: `${does.slice(0, 1).toUpperCase()}${does.slice(1)}.`,
    action: `/executions/${encodeURIComponent(execution.id)}/${name}`,
    no: may(person, name, execution) ? '' : mayNot(name, execution),
    changes: back.slice(0, MOST_NAMED).map(changeModel),
    more: Math.max(0, back.length - MOST_NAMED),
    stuck: takesBack ? inForceStuck(execution) : [],
    dangerous: back.length > 0 || name === 'retry',
  };
}

/** Says which roles somebody lacks. */
export function mayNot(name: CommandName, { runbook, target }: Execution): string {
  return `this needs one of the roles ${PERMITTED[name].join(', ')} for ${runbook} on ${target}`;
}
