import { figure, standingOf, type CenterView, type TopologyView } from './center-words.js';
import { layMap, SIZES, type MapCenter, type MapInput, type MapPicture } from './map-layout.js';

/** Makes the pictures of a topology, for a desk and for a hand; null where it would not be readable. */
export function topologyMap(view: TopologyView): {
  readonly wide: MapPicture | null;
  readonly narrow: MapPicture | null;
} {
  const input = mapInput(view);
  return { wide: layMap(input, SIZES.wide) ?? null, narrow: layMap(input, SIZES.narrow) ?? null };
}

/** What is drawn of a topology: regions and centres by their ids, so that they stand where they stood before. */
export function mapInput({ regions, centers, pairs, services }: TopologyView): MapInput {
  const drawn = regions.toSorted(byId).map(({ id, title }) => ({
    title: title === undefined || title.toLowerCase() === id ? (title ?? id) : `${title} (${id})`,
    centers: centers
      .filter(({ region }) => region === id)
      .toSorted(byId)
      .map((center) => mapCenter(center, services)),
  }));
  return {
    regions: drawn.filter((region) => region.centers.length > 0),
    links: pairs.map(({ between, latencyMs, policy }) => ({ between, latency: `${latencyMs} ms`, policy })),
  };
}

/** In the order in which people count: c-2 before c-10. */
const ORDER = new Intl.Collator('en', { numeric: true });

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return ORDER.compare(one.id, other.id);
}

function mapCenter(center: CenterView, services: TopologyView['services']): MapCenter {
  const own = services.filter(({ centers }) => centers.includes(center.id));
  const named = own.map(({ name, home }) => (home === center.id ? `${name} (home)` : name));
  return {
    id: center.id,
    ...standingOf(center),
    lines: [
      `capacity ${center.capacity ?? ''}`,
      ...conditionLine(center),
      ...(named.length === 0 ? [] : [named.join(', ')]),
    ],
  };
}

/** Nothing where nobody measures it. */
function conditionLine({ condition }: CenterView): string[] {
  if (condition === undefined) return [];
  const { health, load, fresh } = condition;
  if (!fresh) return ['health not known'];
  const known = [
    ...(health === undefined ? [] : [`health ${figure(health)}`]),
    ...(load === undefined ? [] : [`load ${figure(load)}`]),
  ];
  return [known.join(', ')];
}
