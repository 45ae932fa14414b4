import { colored, OUTCOMES } from '../../kit/words.js';
import { listOf } from '../../kit/columns.js';
import { joinedTable } from '../../kit/joined-table.js';
import { consoleLink } from '../../kit/links.js';
import { untold, words } from '../../kit/mappings.js';
import { records, rows } from '../../kit/queries.js';
import type { Row } from '../../kit/board.js';
import { cutOver, toCenters } from './cut-over.js';
import { ANSWERS, HEALTH, HEALTHS, LAG, READINESS, READY, STANDING, STANDINGS } from './figures.js';

const CARRIES = 'max by (center) (firebreak_center_carries{job="$job"})';

const allCenters = joinedTable({
  title: 'Centres',
  description:
    'Every centre of topology.yaml. It says how long ago each last took over and that went well: a centre that has not for months may not be able to. ' +
    'Usual p99 is what topology.yaml gives for this centre, which differs with its distance.',
  unit: 'short',
  width: 24,
  height: 8,
  empty: 'no centre is described in topology.yaml, or Firebreak is not scraped',
  things: rows('max by (center, region, vendor, role) (firebreak_center_info{job="$job"})'),
  labels: [
    { label: 'center', title: 'Centre', width: 80, links: [toCenters] },
    { label: 'region', title: 'Region', width: 80 },
    { label: 'vendor', title: 'Vendor', width: 90 },
    { label: 'role', title: 'Role', width: 80 },
  ],
  figures: [
    { name: 'standing', title: 'Is', expr: STANDING, mappings: STANDINGS, width: 130 },
    { name: 'health', title: 'Health', expr: HEALTH, mappings: HEALTHS, width: 110 },
    {
      name: 'answers',
      title: 'Answers in',
      expr: ANSWERS,
      unit: 's',
      decimals: 1,
      mappings: [untold('not measured')],
      width: 110,
    },
    {
      name: 'lag',
      title: 'Data behind by',
      expr: LAG,
      unit: 's',
      decimals: 1,
      mappings: [untold('not measured')],
      width: 120,
    },
    { name: 'ready', title: 'Can take over', expr: READY, mappings: READINESS, width: 120 },
    {
      name: 'p99',
      title: 'p99',
      expr: 'max by (center) (firebreak:http_request_ms:p99_1m{center!=""} >= 0)',
      unit: 'ms',
      decimals: 0,
      width: 80,
    },
    {
      name: 'usual',
      title: 'Usual p99',
      expr: 'max by (center) (firebreak_center_baseline{job="$job", baseline="p99Ms"})',
      unit: 'ms',
      decimals: 0,
      width: 90,
    },
    {
      name: 'proven',
      title: 'Took over, ago',
      expr: 'time() - max by (center) (firebreak_center_proven_timestamp_seconds{job="$job"})',
      unit: 's',
      decimals: 0,
      width: 100,
    },
  ],
});

const served = joinedTable({
  title: 'What can be moved away',
  description:
    'One row for each service and each centre that it can run in and that users are sent to. The button asks for a cut-over with the runbook that is chosen above; ' +
    'somebody else must approve it, also where the runbook acts by itself. The same is behind the name of the service, in the console.',
  unit: 'short',
  width: 9,
  height: 8,
  empty: 'no service of topology.yaml is served',
  things: rows(
    `max by (service, center, home) (firebreak_center_service_info{job="$job"}) and on (center) ${CARRIES} == 1`,
  ),
  labels: [
    { label: 'service', title: 'Service', links: [toCenters] },
    { label: 'center', title: 'Runs in', width: 90 },
    {
      label: 'home',
      title: 'At home',
      width: 90,
      mappings: [words({ yes: ['its home', 'green'], no: ['not its home', 'orange'] })],
    },
  ],
  figures: [],
  buttons: {
    title: 'Move away',
    actions: [cutOver('${__data.fields.center}', '${__data.fields.service}')],
    width: 120,
  },
});

const recent = listOf(
  {
    title: 'Recent cut-overs',
    description:
      'The last 20 executions of runbooks that move a centre, straight from Firebreak, with what became of them. The console has every step of each.',
    unit: 'short',
    width: 15,
    height: 8,
    empty: 'no centre was moved so far',
  },
  [
    { name: 'Value', title: 'Opened', unit: 'dateTimeAsIsoNoDateIfToday', width: 165 },
    {
      name: 'execution_id',
      title: 'Execution',
      width: 130,
      links: [consoleLink('Open in the console', '/executions/${__data.fields.execution_id:percentencode}')],
    },
    { name: 'target', title: 'Target' },
    {
      name: 'phase',
      title: 'Phase',
      width: 140,
      mappings: colored({ closed: 'text', held: 'red', 'awaiting-approval': 'orange' }),
    },
    { name: 'outcome', title: 'Outcome', width: 110, mappings: OUTCOMES },
    { name: 'runbook', title: 'Runbook' },
    { name: 'requested_by', title: 'Asked for by', width: 130 },
  ],
).withTarget(records('topk(20, firebreak_execution{runbook=~".*(cut-over|shift-center|fail-back|bring-back).*"})'));

/** What stands where, and what can be done about it; this works for any topology. */
export const tables: Row = { title: 'Centres and what to do', panels: [allCenters, served, recent] };
