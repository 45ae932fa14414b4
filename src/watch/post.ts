import type { Snapshot } from '../catalog/snapshot.js';
import type { StandingProbe } from '../config/standing-probes.js';
import type { ProbeOrder } from '../core/orders.js';
import { partOf, type Rendered, type Scope } from '../core/template.js';

/** More series than this would be a burden to whoever scrapes. */
export const MOST_POSTS = 100;

/** One standing probe for one centre, or for none: what is asked there again and again. */
export interface Post {
  readonly probe: StandingProbe;
  /** Absent when it is about no centre. */
  readonly center?: string;
  /** What is asked, or what is missing in the topology so that it cannot be. */
  readonly order: Rendered<ProbeOrder>;
}

/** What templates and posts are made from. */
export type Ground = Pick<Snapshot, 'topology' | 'surroundings'>;

/**
 * Gives every post there is to be, in the order of the file; a centre that the topology has no more has none.
 *
 * @param ground the topology in force
 */
export function postsOf(probes: readonly StandingProbe[], ground: Ground): readonly Post[] {
  return probes.flatMap((probe) => centersOf(probe, ground).map((center) => postOf(probe, center, ground)));
}

/** Gives the name under which a post goes on when the topology changes. */
export function keyOf({ probe, center = '' }: Post): string {
  return `${probe.name}/${center}`;
}

function centersOf({ of }: StandingProbe, { topology }: Ground): readonly (string | undefined)[] {
  if (of === 'none') return [undefined];
  const known = Object.keys(topology.centers);
  return of === 'each' ? known : known.filter((id) => id === of.center);
}

function postOf(probe: StandingProbe, center: string | undefined, { surroundings }: Ground): Post {
  const { config, topology } = surroundings;
  const filled = probe.with.render(scopeOf(center, { config, topology }));
  return {
    probe,
    ...(center === undefined ? {} : { center }),
    order: filled.ok ? { ok: true, value: { probe: probe.probe, with: filled.value } } : filled,
  };
}

function scopeOf(id: string | undefined, { config, topology }: Pick<Scope, 'config' | 'topology'>): Scope {
  const center = partOf(topology, 'centers', id);
  return {
    labels: {},
    annotations: {},
    alert: { name: '', fingerprint: '', startsAt: '', generatorURL: '' },
    params: {},
    config,
    topology,
    ...(center === undefined ? {} : { center }),
  };
}
