import { readFileSync } from 'node:fs';
import { readTopology, type Topology } from '../../../../src/catalog/topology.js';
import { canvas, text, value, type Element } from '../../kit/canvas.js';
import { untold } from '../../kit/mappings.js';
import { now } from '../../kit/queries.js';
import { layTopology, type Drawn, type DrawnLink, type TopologyLayout } from '../../kit/topology-layout.js';
import { boxOf, insideOf, type BoxedCenter } from './center-box.js';
import { ANSWERS, HEALTH, HEALTHS, LAG, READINESS, READY, STANDING, STANDINGS } from './figures.js';

/** What is drawn of a topology, and what decides which centres have a button. */
export type DrawnTopology = Drawn & Pick<Topology, 'services'>;

/** Reads the topology that is drawn: `BOARDS_TOPOLOGY`, or the one of the demonstration. */
export function drawnTopology(path = process.env['BOARDS_TOPOLOGY']): DrawnTopology {
  const file = path ?? new URL('../../../../topology.yaml', import.meta.url);
  const read = readTopology({ file: path ?? 'topology.yaml', text: readFileSync(file, 'utf8') });
  if (read.ok) return read.topology;
  throw new Error(read.problems.map(({ message }) => message).join('\n'));
}

/** Draws a topology. The elements of a Canvas are fixed, so the picture is made for one topology; see docs/grafana.md. */
export function topologyPicture(drawn: DrawnTopology) {
  const layout = layTopology(drawn);
  const about = {
    title: 'Topology',
    description:
      'Each box is a centre of topology.yaml: whether users are sent there, how it is, how long it takes to answer, how far its data are behind, and whether it can take over. ' +
      'Above or before each line stands the latency that topology.yaml declares, below it the one that is measured. A click on "Cut over" shows the button and the way to the console. "Field not found" means that Firebreak is not scraped. ' +
      'The picture is drawn for one topology: docs/grafana.md says how to draw yours. The tables below show any.',
    unit: 'short',
    width: 24,
    height: Math.ceil((layout.height + 28 + 48) / 38),
    empty: 'no centre is described in topology.yaml, or Firebreak is not scraped',
  };
  return canvas(about, elementsOf(drawn, layout))
    .targets([
      now(STANDING, '{{center}} standing').refId('standing'),
      now(HEALTH, '{{center}} health').refId('health'),
      now(ANSWERS, '{{center}} answers').refId('answers'),
      now(LAG, '{{center}} lag').refId('lag'),
      now(READY, '{{center}} ready').refId('ready'),
      now('max by (from, to) (firebreak_center_link_seconds{job="$job"})', '{{from}} – {{to}}').refId('declared'),
      now(MEASURED, '{{from}} – {{to}} measured').refId('measured'),
    ])
    .overrideByQuery('standing', [{ id: 'mappings', value: STANDINGS }])
    .overrideByQuery('health', [{ id: 'mappings', value: HEALTHS }])
    .overrideByQuery('answers', [...SECONDS, { id: 'mappings', value: [untold('not measured')] }])
    .overrideByQuery('lag', [...SECONDS, { id: 'mappings', value: [untold('not measured')] }])
    .overrideByQuery('ready', [{ id: 'mappings', value: READINESS }])
    .overrideByQuery('declared', SECONDS)
    .overrideByQuery('measured', [...SECONDS, { id: 'mappings', value: [untold('not measured')] }]);
}

const SECONDS = [
  { id: 'unit', value: 's' },
  { id: 'decimals', value: 1 },
];

/** Whatever asks one centre from another with the labels `from` and `to`; -1 for a declared link that nobody measures. */
const MEASURED =
  'max by (from, to) (probe_duration_seconds{from!="", to!=""}) or 0 * max by (from, to) (firebreak_center_link_seconds{job="$job"}) - 1';

function elementsOf(
  { centers, services }: DrawnTopology,
  { regions, centers: boxes, links, height }: TopologyLayout,
): Element[] {
  const legend = { left: 8, top: height, width: 640, height: 20 };
  const inhabited = new Set(Object.values(services).flatMap(({ centers: where }) => where));
  const centerOf = (id: string): BoxedCenter => {
    const { role = '', vendor = '' } = centers[id] ?? {};
    return { id, role, vendor, hasServices: inhabited.has(id) };
  };
  return [
    ...regions.map(({ title, ...spot }) => text(`region ${title}`, spot, title, { size: 15, align: 'left' })),
    ...boxes.map(({ id, ...spot }) => boxOf(id, spot, links)),
    ...boxes.flatMap(({ id, ...spot }) => insideOf(centerOf(id), spot)),
    ...links.flatMap(written),
    text('how to read a line', legend, 'At each line: declared latency, and below it the measured one.', {
      size: 12,
      align: 'left',
    }),
  ];
}

/** What is known of a link, beside it. */
function written({ from, to, label: { left, top, width, height } }: DrawnLink): Element[] {
  const half = height / 2;
  const style = { size: 12 } as const;
  return [
    value(`${from} ${to} declared`, { left, top, width, height: half }, `${from} – ${to}`, style),
    value(`${from} ${to} measured`, { left, top: top + half, width, height: half }, `${from} – ${to} measured`, style),
  ];
}
