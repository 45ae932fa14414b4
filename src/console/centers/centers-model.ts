import { topologyView, type TopologyFacts } from '../../api/topology-view.js';
import type { Topology } from '../../catalog/topology.js';
import type { Instant } from '../../core/alert.js';
import { carriesTraffic } from '../../core/carries-traffic.js';
import type { Surroundings } from '../../core/template.js';
import type { StandingAnswer } from '../../watch/answer.js';
import { assertionWords, figure, servedWhere, standingOf, type CenterView, type TopologyView } from './center-words.js';
import { cutOvers, type Mover } from './cut-overs.js';
import { probeRows } from './probe-rows.js';
import { SMALLEST_TOPOLOGY } from './smallest-topology.js';
import { topologyMap } from './topology-map.js';

/** What the page is made from. */
export interface CentersMaterial {
  readonly topology: Topology;
  readonly surroundings: Pick<Surroundings, 'config' | 'topology'>;
  readonly facts: TopologyFacts;
  readonly answers: readonly StandingAnswer[];
  /** The runbooks in force that take centres out of service. */
  readonly movers: readonly Mover[];
  /** Whether some runbook waits for a plugin. */
  readonly someRest: boolean;
  /** Whether whoever looks may say that a centre is out of service. */
  readonly maySay: boolean;
}

/** Makes what the page shows. */
export function centersModel(material: CentersMaterial, now: Instant) {
  const { topology, surroundings, facts, answers, movers, someRest, maySay } = material;
  const view = topologyView(topology, facts, now);
  const ids = view.centers.map(({ id }) => id);
  const probed = probeRows(ids, answers, now);
  return {
    status: statusOf(view),
    none: ids.length === 0,
    smallest: SMALLEST_TOPOLOGY,
    map: topologyMap(view),
    centers: view.centers.map((center) => centerRow(center, { view, topology, movers, surroundings })),
    gone: goneRows(ids, facts),
    probed,
    measured: probed.some(({ ready, lags, others }) => ready.length + lags.length + others.length > 0),
    pairs: view.pairs.map(({ between: [one, other], latencyMs, policy }) => ({ one, other, latencyMs, policy })),
    services: view.services.map((service) => ({
      name: service.name,
      home: service.home ?? '',
      centers: service.centers.join(', '),
      now: servedWhere(service, view.centers),
    })),
    assertions: view.assertions.map((one) => ({
      name: one.name,
      holds: one.holds,
      says: assertionWords(one),
      among: one.among.join(', '),
    })),
    broken: view.assertions.filter(({ holds }) => !holds).map((one) => `${one.name}: ${assertionWords(one)}`),
    movable: movers.length > 0,
    someRest,
    maySay,
  };
}

function centerRow(
  center: CenterView,
  {
    view,
    topology,
    movers,
    surroundings,
  }: Pick<CentersMaterial, 'topology' | 'movers' | 'surroundings'> & { readonly view: TopologyView },
) {
  const { services, assertions } = view;
  const { id, region = '', vendor = '', role = '', capacity = 0, standby = '', inService, moved, condition } = center;
  const own = services.filter(({ centers }) => centers.includes(id)).map(({ name }) => name);
  const rest = assertions.flatMap(({ resting = [] }) => resting.filter((one) => one.center === id));
  const { word } = standingOf(center);
  const tone = inService ? (carriesTraffic(center) ? 'good' : 'quiet') : 'bad';
  return {
    id,
    region,
    vendor,
    role,
    capacity,
    standby,
    word,
    tone,
    inService,
    takenBy: center.by?.map(byWords) ?? [],
    since: center.since === undefined ? null : Date.parse(center.since),
    health: condition?.health === undefined ? '' : figure(condition.health),
    load: condition?.load === undefined ? '' : figure(condition.load),
    measuredAt:
      condition === undefined || (condition.health ?? condition.load) === undefined ? null : Date.parse(condition.at),
    down: condition?.health !== undefined && condition.health <= 0,
    fresh: condition?.fresh ?? false,
    untold: condition !== undefined && (condition.health ?? condition.load) === undefined,
    baselines: baselineWords(id, topology),
    moved: moved === undefined ? null : { way: moved.way, at: Date.parse(moved.at), ...byWords(moved.by) },
    provenAt: center.provenAt === undefined ? null : Date.parse(center.provenAt),
    restsUntil: rest.length === 0 ? null : Math.max(...rest.map(({ until }) => Date.parse(until))),
    serves: carriesTraffic(center),
    cutOvers: carriesTraffic(center) ? cutOvers(id, { services: own, surroundings }, movers) : [],
  };
}

/** What is usual there, and how that differs from elsewhere. */
function baselineWords(id: string, { centers, baselines }: Topology): string[] {
  const own = centers[id]?.baselines ?? {};
  return Object.entries(baselines[id] ?? {}).map(([name, value]) => {
    const differs = Object.hasOwn(own, name) ? own[name] : undefined;
    if (differs === undefined) return `${name} ${value}`;
    return `${name} ${value} (${typeof differs === 'string' ? differs : 'its own'})`;
  });
}

/** Who did it: an execution, which one can look at, or a person. */
function byWords(by: string): { person: string; execution: string } {
  return by.startsWith('person:')
    ? { person: by.slice('person:'.length), execution: '' }
    : { person: '', execution: by };
}

/** What is out of service and no longer in the topology still counts, until somebody says that it is back. */
function goneRows(ids: readonly string[], { centers: { outOfService } }: TopologyFacts) {
  return Object.entries(outOfService)
    .filter(([id]) => !ids.includes(id))
    .map(([id, by]) => ({ id, takenBy: by.map(byWords) }));
}

function statusOf({ centers, assertions }: TopologyView): string {
  if (centers.length === 0) return 'No topology is described';
  const out = centers.filter(({ inService }) => !inService).length;
  const broken = assertions.filter(({ holds }) => !holds).length;
  const counted = `${centers.length === 1 ? 'One centre' : `${centers.length} centres`}, ${out === 0 ? 'none' : out} out of service`;
  if (assertions.length === 0) return counted;
  if (broken === 0) return `${counted}; ${assertions.length === 1 ? 'the assertion holds' : 'all assertions hold'}`;
  return `${counted}; ${broken} of ${assertions.length} assertions ${broken === 1 ? 'does' : 'do'} not hold`;
}
