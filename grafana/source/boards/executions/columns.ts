import type { Action } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Column } from '../../kit/columns.js';
import { boardLink, consoleLink } from '../../kit/links.js';
import { OUTCOMES, SEVERITIES } from '../../kit/words.js';

const ID = '${__data.fields.execution_id:percentencode}';

const page = consoleLink('Its page in the console', `/executions/${ID}`);
const journal = boardLink('Its journal, at the end of this board', 'firebreak-executions', { execution: ID });

/*
 * All columns together fit a screen of 1,440 pixels: buttons beyond its edge are found by nobody.
 */

/** Which execution, with the ways to look at it more closely. */
export const EXECUTION: Column = { name: 'execution_id', title: 'Execution', width: 150, links: [page, journal] };

/** The same while people must agree: the page with the plan comes first. */
export const TO_APPROVE: Column = {
  ...EXECUTION,
  links: [consoleLink('Read the plan, approve or reject', `/executions/${ID}/approve`), page, journal],
};

/** What is done, to what, and what for. */
export const WHAT: readonly Column[] = [
  { name: 'runbook', title: 'Runbook', width: 170 },
  { name: 'target', title: 'Target', width: 180 },
  { name: 'alertname', title: 'Alert' },
  { name: 'severity', title: 'Severity', width: 80, mappings: SEVERITIES },
];

/** When it was opened: what the read API gives as the value. */
export const OPENED: Column = { name: 'Value', title: 'Opened', unit: 'dateTimeAsIsoNoDateIfToday', width: 160 };

/** What has become of it. */
export const OUTCOME: Column = { name: 'outcome', title: 'Outcome', width: 110, mappings: OUTCOMES };

/** Who asked for it, and therefore cannot approve it. */
export const REQUESTED_BY: Column = { name: 'requested_by', title: 'Asked for by', width: 130 };

/** Who or what asked for it. */
export const ASKED_BY: readonly Column[] = [{ name: 'trigger', title: 'Started by', width: 90 }, REQUESTED_BY];

/**
 * Buttons of a row, in the place of something that every row has and nobody has to read.
 *
 * @param name of the column; one that no row has would take its buttons along
 * @param actions from left to right
 */
export function buttonsIn(name: string, ...actions: readonly Action[]): Column {
  return { name, title: 'What you can do', width: 110 * actions.length + 20, actions };
}
