import type { Topology } from '../../../src/catalog/topology.js';

/** What a drawing needs of a topology. */
export type Drawn = Pick<Topology, 'regions' | 'centers' | 'pairs'>;

/** Where something lies, in pixels from the upper left corner. */
export interface Spot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A link from one edge of a box to one of another, each as Canvas counts: -1 to 1, upwards. */
export interface DrawnLink {
  readonly from: string;
  readonly to: string;
  readonly begins: { readonly x: number; readonly y: number };
  readonly ends: { readonly x: number; readonly y: number };
  /** Where what is known of the link is written. */
  readonly label: Spot;
}

/** A topology with everything in its place. */
export interface TopologyLayout {
  readonly regions: readonly (Spot & { readonly title: string })[];
  readonly centers: readonly (Spot & { readonly id: string })[];
  readonly links: readonly DrawnLink[];
  /** Pixels. */
  readonly height: number;
}

const MARGIN = 8;
const TITLE = 28;
const BOX = { width: 252, height: 176 };
const GAP = { x: 148, y: 60 };
const LABEL = { width: 128, height: 40 };
/** More beside each other would not fit on a screen. */
const BESIDE = 3;
/** Of more regions the order stays as the file has it. */
const MOST_TO_ORDER = 6;

/** Puts regions beside each other, those with links next to each other, and the centres of each one below the other. */
export function layTopology({ regions, centers, pairs }: Drawn): TopologyLayout {
  const columns = Object.keys(regions)
    .map((region) => Object.keys(centers).filter((id) => centers[id]?.region === region))
    .filter((ids) => ids.length > 0);
  const between = pairs.map(({ between: [one, other] }): [string, string] => [one, other]);
  const inOrder = columns.length > MOST_TO_ORDER ? columns : closest(columns, between);
  const placed = inOrder.map((ids) =>
    ids.toSorted((one, other) => away(other, ids, between) - away(one, ids, between)),
  );
  const boxes = new Map<string, Spot>();
  const titles: (Spot & { title: string })[] = [];
  let top = MARGIN;
  for (let first = 0; first < placed.length; first += BESIDE) {
    const band = placed.slice(first, first + BESIDE);
    for (const [i, ids] of band.entries()) {
      const left = MARGIN + i * (BOX.width + GAP.x);
      const region = centers[ids[0] ?? '']?.region ?? '';
      titles.push({ left, top, width: BOX.width, height: TITLE, title: regions[region]?.title ?? region });
      for (const [row, id] of ids.entries())
        boxes.set(id, { left, top: top + TITLE + row * (BOX.height + GAP.y), ...BOX });
    }
    const tallest = Math.max(...band.map((ids) => ids.length));
    top += TITLE + tallest * (BOX.height + GAP.y);
  }
  return {
    regions: titles,
    centers: [...boxes].map(([id, spot]) => ({ id, ...spot })),
    links: between.flatMap(([from, to]) => linkOf(from, to, boxes)),
    height: top - GAP.y + MARGIN,
  };
}

/** How many links of a centre lead out of its region: those with most stand on top. */
function away(id: string, ids: readonly string[], between: readonly [string, string][]): number {
  return between.filter((pair) => pair.includes(id) && pair.some((end) => !ids.includes(end))).length;
}

/** The order of the columns in which links are shortest; of several such orders the first one. */
function closest(columns: string[][], between: readonly [string, string][]): string[][] {
  const length = (order: string[][]): number => {
    const at = (id: string): number => order.findIndex((ids) => ids.includes(id));
    const distances = between.map(([one, other]) => Math.abs(at(one) - at(other)));
    return distances.reduce((sum, distance) => sum + distance ** 2, 0);
  };
  const all = permutations(columns);
  return all.reduce((best, order) => (length(order) < length(best) ? order : best), columns);
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

function linkOf(from: string, to: string, boxes: ReadonlyMap<string, Spot>): DrawnLink[] {
  const [one, other] = [boxes.get(from), boxes.get(to)];
  if (one === undefined || other === undefined) return [];
  const beside = one.left !== other.left;
  const forward = beside ? other.left > one.left : other.top < one.top;
  const side = forward ? 1 : -1;
  const begins = beside ? { x: side, y: 0 } : { x: 0, y: side };
  const ends = { x: -begins.x, y: -begins.y };
  const [start, end] = [pointOf(one, begins), pointOf(other, ends)];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  // a line that lies is written above and below, one that stands to its right
  const left = beside ? middle.x - LABEL.width / 2 : middle.x + 8;
  return [{ from, to, begins, ends, label: { left, top: middle.y - LABEL.height / 2, ...LABEL } }];
}

function pointOf({ left, top, width, height }: Spot, { x, y }: { x: number; y: number }): { x: number; y: number } {
  return { x: left + (width * (1 + x)) / 2, y: top + (height * (1 - y)) / 2 };
}
