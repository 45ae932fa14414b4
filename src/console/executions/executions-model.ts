import { OUTCOMES } from '../../api/executions.controller.js';
import { PHASES, type Execution } from '../../core/execution.js';
import type { ExecutionFilter, ExecutionPage } from '../../engine/execution-store.js';

/** What the page is made from. */
export interface ExecutionsMaterial {
  readonly filter: ExecutionFilter;
  readonly page: ExecutionPage;
  /** Names of the runbooks in force, to choose from. */
  readonly runbooks: readonly string[];
}

/** Makes what the page shows. */
export function executionsModel({ filter, page, runbooks }: ExecutionsMaterial) {
  const { cursor, ...first } = filter;
  const { phase = '', outcome = '', runbook = '', target = '' } = first;
  const isFiltered = [phase, outcome, runbook, target].some((text) => text !== '');
  return {
    executions: page.items.map(row),
    phases: PHASES.map((value) => option(value, phase)),
    outcomes: OUTCOMES.map((value) => option(value, outcome)),
    runbooks,
    runbook,
    target,
    isFiltered,
    isFirst: cursor === undefined,
    newest: addressOf(first),
    older: page.cursor === undefined ? '' : addressOf({ ...first, cursor: page.cursor }),
    status: statusOf(page, isFiltered),
  };
}

function row({ id, runbook, target, state, timeline, dryRun, closedAt, alert, requestedBy }: Execution) {
  const isClosed = state.phase === 'closed';
  return {
    id,
    runbook,
    target,
    dryRun,
    is: isClosed ? state.outcome : state.phase,
    openedAt: timeline.openedAt,
    tookMs: closedAt === undefined ? null : Math.max(0, closedAt - timeline.openedAt),
    because: (alert?.labels['alertname'] ?? `asked by ${requestedBy}`).slice(0, LONGEST_NAME),
  };
}

function option(value: string, chosen: string) {
  return { value, title: value.replaceAll('-', ' '), chosen: value === chosen };
}

const USUAL_LIMIT = 50;
/** Names of alerts come from outside. */
const LONGEST_NAME = 200;

/** The address of a page of the list, with nothing in it that is usual. */
function addressOf({ limit, ...wanted }: ExecutionFilter): string {
  const query = new URLSearchParams(Object.entries(wanted).map(([name, value]): [string, string] => [name, value]));
  if (limit !== USUAL_LIMIT) query.set('limit', String(limit));
  return query.size === 0 ? '/executions' : `/executions?${query.toString()}`;
}

function statusOf({ items, cursor }: ExecutionPage, isFiltered: boolean): string {
  const count = items.length === 1 ? '1 execution' : `${items.length} executions`;
  return `${count}${isFiltered ? ' that fit' : ''}, newest first${cursor === undefined ? '' : '; there are older ones'}`;
}
