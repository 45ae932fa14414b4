import { formatDuration } from '../core/duration.js';
import { ask } from './client.js';
import { EXIT, type Out } from './command.js';
import { readLine } from './read-line.js';
import { pairs, table } from './table.js';
import { topology, type ShownAssertion, type ShownCenter, type ShownTopology } from './topology-shape.js';
import { away } from './when.js';

/** Shows regions, centres with how they are now, links, services, and whether each assertion holds. */
export async function run(args: readonly string[], out: Out): Promise<number> {
  readLine(args, 0);
  for (const line of topologyText(await ask(topology, { path: '/api/v1/topology' }))) out(line);
  return EXIT.done;
}

/** Writes the topology for a person; what there is none of is left out. */
export function topologyText(
  { regions, centers, pairs: links, services, assertions }: ShownTopology,
  now: number = Date.now(),
): string[] {
  if (centers.length === 0) return ['no centres: there is no topology'];
  const titles = pairs(regions.map(({ id, title = '' }) => [id, title]));
  const usual = pairs(centers.map(({ id, baselines }) => [id, listText(baselines)]));
  return [
    ...section('Regions', titles),
    ...section(
      'Centres',
      table(
        CENTERS,
        centers.map((center) => centerRow(center, now)),
      ),
    ),
    ...section('Usual there', centers.some(({ baselines }) => Object.keys(baselines).length > 0) ? usual : []),
    ...section('Links', links.length === 0 ? [] : table(LINKS, links.map(linkRow))),
    ...section('Services', services.length === 0 ? [] : table(SERVICES, services.map(serviceRow))),
    ...section(
      'Assertions',
      assertions.length === 0
        ? []
        : table(
            ASSERTIONS,
            assertions.map((one) => row(one, now)),
          ),
    ),
  ].slice(1);
}

const CENTERS = [
  'CENTRE',
  'REGION',
  'VENDOR',
  'ROLE',
  'CAPACITY',
  'IS',
  'HEALTH',
  'LOAD',
  'MEASURED',
  'LAST TOOK OVER',
];
const LINKS = ['BETWEEN', 'LATENCY', 'POLICY'];
const SERVICES = ['SERVICE', 'CENTRES', 'HOME', 'TRAFFIC', 'DATA'];
const ASSERTIONS = ['ASSERTION', 'SAYS', 'OF', 'NOW'];

function centerRow(center: ShownCenter, now: number): string[] {
  const { id, region, vendor, role, capacity, condition, provenAt } = center;
  return [
    id,
    region,
    vendor,
    role,
    String(capacity),
    isText(center, now),
    measured(condition?.health),
    measured(condition?.load),
    measuredText(condition, now),
    provenAt === undefined ? 'never' : away(provenAt, now),
  ];
}

function measuredText(condition: ShownCenter['condition'], now: number): string {
  if (condition === undefined) return 'never';
  const { health, load, at, fresh } = condition;
  if (!fresh && health === undefined && load === undefined) return 'its probe cannot tell';
  return fresh ? away(at, now) : `${away(at, now)}: too old`;
}

function isText({ inService, by = [], since }: ShownCenter, now: number): string {
  if (inService) return 'in service';
  return `taken out${since === undefined ? '' : ` ${away(since, now)}`} (${by.join(', ')})`;
}

function measured(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toFixed(2)));
}

function linkRow({ between: [one, other], latencyMs, policy }: ShownTopology['pairs'][number]): string[] {
  return [`${one} - ${other}`, `${latencyMs} ms`, policy];
}

function serviceRow({ name, centers, home = '', traffic, data }: ShownTopology['services'][number]): string[] {
  return [name, centers.join(', '), home, Object.keys(traffic).join(', '), Object.keys(data).join(', ')];
}

function row(assertion: ShownAssertion, now: number): string[] {
  const { name, among, holds, left = 0, resting = [], minServing, minCapacity, antiFlapSeconds } = assertion;
  const of = among.join(', ');
  if (antiFlapSeconds !== undefined) {
    const says = `not moved back for ${formatDuration(antiFlapSeconds * 1_000)}`;
    const still = resting.map(
      ({ center, moved, by, until }) => `${center} ${moved} by ${by}, may move ${away(until, now)}`,
    );
    return [name, says, of, still.join('; ') || 'all may be moved'];
  }
  const says = minServing === undefined ? `capacity of ${minCapacity ?? 0} or more` : `${minServing} or more serve`;
  return [name, says, of, `${holds ? 'holds' : 'DOES NOT HOLD'}: ${left}`];
}

function listText(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`.trimEnd())];
}
