import type { topologyView } from '../../api/topology-view.js';
import { carriesTraffic, isBroughtIn } from '../../core/carries-traffic.js';
import { sayDuration } from '../../core/duration.js';
import type { Standing } from './map-layout.js';

/** The topology as the API shows it. */
export type TopologyView = ReturnType<typeof topologyView>;
/** One of its centres. */
export type CenterView = TopologyView['centers'][number];
/** One of its services. */
export type ServiceView = TopologyView['services'][number];
type AssertionView = TopologyView['assertions'][number];

/** How a centre stands now, and the word for it. */
export function standingOf(center: CenterView): { standing: Standing; word: string } {
  const { inService, role = '', moved } = center;
  if (!inService) return { standing: 'out', word: 'out of service' };
  if (carriesTraffic(center)) return { standing: 'serving', word: role === 'serving' ? role : `${role}, brought in` };
  if (role === 'standby' || role === 'archive') return { standing: role, word: role };
  return { standing: 'other', word: isBroughtIn(moved) ? `${role}, brought in` : role };
}

/** Says where a service is served now, as far as anybody can know who does not ask the load balancers. */
export function servedWhere({ centers: where, home }: ServiceView, all: readonly CenterView[]): string {
  const own = all.filter(({ id }) => where.includes(id));
  const homeNow = own.find(({ id }) => id === home);
  if (homeNow?.inService === true) return `${homeNow.id}, its home, is in service`;
  const broughtIn = own.filter(({ inService, moved }) => inService && isBroughtIn(moved));
  const away = home === undefined ? '' : `; its home ${home} is out of service`;
  if (broughtIn.length > 0) return `${broughtIn.map(({ id }) => id).join(', ')}, brought in by an execution${away}`;
  const able = own.filter(({ inService }) => inService).map(({ id }) => id);
  if (able.length === 0) return `by none: ${where.join(', ')} ${where.length === 1 ? 'is' : 'are'} out of service`;
  return home === undefined ? `any of ${able.join(', ')}` : `not known${away}, and in service are ${able.join(', ')}`;
}

/** Writes a health or a load. */
export function figure(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** Says whether an assertion holds, with its numbers. */
export function assertionWords(one: AssertionView): string {
  if (one.resting !== undefined) {
    const rests = one.resting.map(({ center, until }) => `${center} until ${until.replace(/\.\d+Z$/, 'Z')}`);
    const rest = `a centre that was moved rests ${sayDuration(one.antiFlapSeconds * 1_000)}`;
    return rests.length === 0 ? `${rest}; none rests now` : `${rest}: ${rests.join(', ')}`;
  }
  const { minServing, minCapacity, left } = one;
  if (minServing !== undefined) return `${left} in service, at least ${minServing} wanted`;
  return `${left} capacity in service, at least ${minCapacity} wanted`;
}
