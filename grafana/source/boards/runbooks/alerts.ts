import type { Row } from '../../kit/board.js';
import { listOf, type Column } from '../../kit/columns.js';
import { behind, boardLink, consoleLink } from '../../kit/links.js';
import { words } from '../../kit/mappings.js';
import { gravestFirst, over, rows } from '../../kit/queries.js';
import { states } from '../../kit/state-timeline.js';
import { SEVERITIES } from '../../kit/words.js';
import { dryRun, execute, LABELS, OF_ROW, OF_ROW_FOR_CHOSEN, OF_SERIES } from './start.js';

/** Firebreak's own troubles are not mended by runbooks. */
const OTHERS = 'alertname!~"Firebreak.*"';
const runbookPage = (name: string) => consoleLink('The runbook in the console', `/runbooks/${name}`);

const ALERT: Column = {
  name: 'alertname',
  title: 'Alert',
  width: 190,
  links: [boardLink('Decisions about alerts', 'firebreak-executions')],
};
const SEVERITY: Column = { name: 'severity', title: 'Severity', width: 90, mappings: SEVERITIES };
const PLACES: readonly Column[] = LABELS.filter((name) => name !== 'alertname' && name !== 'severity').map((name) => ({
  name,
  title: name,
}));

/** What fires, and a button to answer it. */
export const alerts: Row = {
  title: 'Execute',
  panels: [
    listOf(
      {
        title: 'Alerts that fire',
        description:
          'Every alert that Prometheus has firing now and whose rule names a runbook. Execute starts that runbook for the labels of the row, and hands over the time range of this board and the link of the runbook; Dry run makes the plan only. A cut-over started here always waits for the approval of somebody else.',
        unit: 'none',
        width: 24,
        height: 9,
        empty: 'no alert fires',
      },
      [
        ALERT,
        SEVERITY,
        {
          name: 'runbook',
          title: 'Runbook',
          width: 190,
          links: [runbookPage('${__data.fields.runbook:percentencode}')],
        },
        ...PLACES,
        { name: 'alertstate', title: 'What you can do', width: 230, actions: [execute(OF_ROW), dryRun(OF_ROW)] },
      ],
    ).withTarget(rows(gravestFirst(`${OTHERS},runbook!=""`, `runbook, alertstate, ${LABELS.join(', ')}`))),
    listOf(
      {
        title: 'Alerts that name no runbook',
        description:
          'Alerts that fire and are meant for people. Execute starts the runbook that is chosen above for the labels of the row, if you know that it helps.',
        unit: 'none',
        width: 24,
        height: 5,
        empty: 'every alert that fires names its runbook',
      },
      [
        { ...ALERT, links: [runbookPage('${runbook:percentencode}')] },
        SEVERITY,
        ...PLACES,
        {
          name: 'alertstate',
          title: 'With $runbook',
          width: 230,
          actions: [execute(OF_ROW_FOR_CHOSEN), dryRun(OF_ROW_FOR_CHOSEN)],
        },
      ],
    ).withTarget(rows(gravestFirst(`${OTHERS},runbook=""`, `alertstate, ${LABELS.join(', ')}`))),
    states(
      {
        title: 'When the alerts of $runbook fired',
        description:
          'The alerts whose rule names the runbook that is chosen above, over the time range. Click a bar to execute the runbook for that alert with the time range that you look at.',
        unit: 'none',
        width: 24,
        height: 7,
        empty: 'none of them fired in this time range',
      },
      [words({ 1: ['firing', 'red'] })],
    )
      .actions([{ build: () => execute(OF_SERIES) }, { build: () => dryRun(OF_SERIES) }])
      .dataLinks(behind(runbookPage('${runbook:percentencode}')))
      .withTarget(
        over(
          `max by (${LABELS.join(', ')}) (ALERTS{alertstate="firing",${OTHERS},runbook="$runbook"})`,
          '{{alertname}} {{service}} {{center}} {{instance}} {{target_ip}}',
        ),
      ),
  ],
};
