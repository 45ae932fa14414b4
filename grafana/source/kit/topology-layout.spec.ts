import { describe, expect, it } from 'vitest';
import { drawnTopology, topologyPicture } from '../boards/centers/topology-picture.js';
import { layTopology, type Drawn, type Spot } from './topology-layout.js';

/** A topology with so many centres in each region, in which each centre is linked to the first one. */
function madeOf(...sizes: readonly number[]): Drawn {
  const ids = sizes.flatMap((size, region) =>
    Array.from({ length: size }, (_, i) => [`c${region}-${i}`, `r${region}`] as const),
  );
  const center = (region: string) => ({
    region,
    vendor: 'v',
    role: 'serving',
    capacity: 1,
    systems: {},
    baselines: {},
  });
  return {
    regions: Object.fromEntries(sizes.map((_, region) => [`r${region}`, { title: `Region ${region}` }])),
    centers: Object.fromEntries(ids.map(([id, region]) => [id, center(region)])),
    pairs: ids.slice(1).map(([id]) => ({ between: ['c0-0', id], latencyMs: 1, policy: 'consistent' })),
  };
}

const overlaps = (one: Spot, other: Spot): boolean =>
  one.left < other.left + other.width &&
  other.left < one.left + one.width &&
  one.top < other.top + other.height &&
  other.top < one.top + one.height;

const shipped = drawnTopology('deploy/topology/three-regions.yaml');

describe('a topology on a Canvas', () => {
  it.each([
    ['the demonstration', drawnTopology()],
    ['three regions', shipped],
    ['one centre', madeOf(1)],
    ['two centres', madeOf(2)],
    ['eight regions', madeOf(1, 2, 3, 1, 2, 3, 1, 1)],
  ])('E6: %s: every centre has a box, and no box lies on another one', (_name, drawn) => {
    const { centers, regions, height } = layTopology(drawn);
    expect(centers.map(({ id }) => id).toSorted()).toEqual(Object.keys(drawn.centers).toSorted());
    const boxes = [...centers, ...regions];
    for (const [i, box] of boxes.entries()) {
      expect(boxes.slice(i + 1).filter((other) => overlaps(box, other))).toEqual([]);
      expect(box.left + box.width).toBeLessThanOrEqual(1_100);
      expect(box.top + box.height).toBeLessThanOrEqual(height);
    }
  });

  it('E1: what is known of each link of the shipped topology stands beside it, on no box', () => {
    const { links, centers } = layTopology(shipped);
    expect(links.map(({ from, to }) => [from, to])).toEqual(shipped.pairs.map(({ between }) => between));
    for (const { label } of links) expect(centers.filter((box) => overlaps(label, box))).toEqual([]);
  });

  it('regions with a link stand next to each other', () => {
    const { regions } = layTopology(shipped);
    expect(regions.map(({ title }) => title)[1]).toBe('North');
  });

  it('E6: every centre with a service has its own button, which asks for a cut-over away from it, and nothing acts at one click', () => {
    const { options } = topologyPicture(shipped).build();
    const text = JSON.stringify(options);
    const asked = [...text.matchAll(/\["label.center","(\w+)"\]/g)].map(([, id]) => id);
    expect(new Set(asked)).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(text).not.toContain('"type":"button"');
    expect(text).not.toContain('"oneClick":true');
  });
});
