import type { Row } from '../../kit/board.js';
import { joinedTable, type FigureColumn } from '../../kit/joined-table.js';
import { boardLink, consoleLink } from '../../kit/links.js';
import { words } from '../../kit/mappings.js';
import { countOver, rows } from '../../kit/queries.js';
import { colored } from '../../kit/words.js';

const RUNBOOK = '${__data.fields.runbook:percentencode}';
const MODES = colored({ auto: 'green', approve: 'blue', observe: 'text' });

const inRange = (metric: string, matchers = ''): string =>
  `sum by (runbook) (${countOver(`firebreak_${metric}{job="$job"${matchers}}`, '$__range')})`;

/** Ends that say something about the runbook; a no of a person or of a guard does not. */
const TRIED = inRange('executions_total', ',outcome=~"succeeded|reverted|failed|accepted"');
const HELPED = inRange('executions_total', ',outcome="succeeded"');

const recorded = (name: string, matchers = ''): string =>
  `max by (runbook) (firebreak:${name}{job="$job"${matchers}} >= 0)`;

const FIGURES: readonly FigureColumn[] = [
  {
    name: 'trust',
    title: 'Trust',
    expr: 'max by (runbook) (firebreak_runbook_mode_capped{job="$job"})',
    width: 100,
    mappings: [words({ 1: ['lost trust', 'red'] })],
  },
  { name: 'tried', title: 'Tried', expr: TRIED, unit: 'short', decimals: 0, width: 70 },
  {
    name: 'helped',
    title: 'Helped',
    expr: `(${HELPED} or 0 * (${TRIED})) / (${TRIED} > 0)`,
    unit: 'percentunit',
    decimals: 0,
    width: 80,
    levels: ['red', { from: 0.8, color: 'orange' }, { from: 0.95, color: 'green' }],
  },
  {
    name: 'half',
    title: 'Healthy again: half',
    expr: recorded('recovery_seconds:p50_1d', ',stage="verified"'),
    unit: 's',
    width: 110,
  },
  {
    name: 'most',
    title: '95 of 100',
    expr: recorded('recovery_seconds:p95_1d', ',stage="verified"'),
    unit: 's',
    width: 90,
  },
  {
    name: 'wait',
    title: 'Waits for approval',
    expr: recorded('approval_wait_seconds:p95_1d'),
    unit: 's',
    width: 120,
  },
  {
    name: 'lost',
    title: 'Trust lost',
    expr: inRange('trust_lost_total'),
    unit: 'short',
    decimals: 0,
    width: 90,
    levels: ['text', { from: 1, color: 'red' }],
  },
  { name: 'next', title: 'Escalated', expr: inRange('escalations_total'), unit: 'short', decimals: 0, width: 90 },
  {
    name: 'no',
    title: 'Suppressed',
    expr: inRange('decisions_total', ',decision="suppressed"'),
    unit: 'short',
    decimals: 0,
    width: 100,
  },
];

/** How each runbook does. */
export const scorecards: Row = {
  title: 'Runbooks',
  panels: [
    joinedTable({
      title: 'Scorecards',
      description:
        'All runbooks that are loaded, with their mode and owner and how they did in the time range: how often each was tried, how often that helped, in how many seconds the alert was healthy again and how long plans waited for approval (both over the last day, 95 of 100 are faster), how often it lost trust, handed over to the next runbook, or was held back by a guard. Nothing in a cell means that it never happened.',
      unit: 'none',
      width: 24,
      height: 12,
      empty: 'no runbook is loaded, or Firebreak is not scraped',
      things: rows('max by (runbook, mode, owner) (firebreak_runbook_info{job="$job"})'),
      labels: [
        {
          label: 'runbook',
          title: 'Runbook',
          width: 230,
          links: [
            boardLink('Its figures, below', 'firebreak-runbooks', { runbook: RUNBOOK }),
            boardLink('Its executions', 'firebreak-executions', { runbook: RUNBOOK }),
            consoleLink('The runbook in the console, to read, try or start it', `/runbooks/${RUNBOOK}`),
          ],
        },
        { label: 'mode', title: 'Mode', width: 90, mappings: MODES },
        { label: 'owner', title: 'Owner', width: 140 },
      ],
      figures: FIGURES,
    }),
  ],
};
