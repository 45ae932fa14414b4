import { laneOf, spread, type Span } from './map-lanes.js';
import { fit, type Setting } from './map-text.js';

/** How a centre stands, as the picture tells it apart: by shape, word and colour. */
export type Standing = 'serving' | 'standby' | 'out' | 'archive' | 'other';

/** What is drawn. */
export interface MapInput {
  /** Regions by id, with the centres of each by id. */
  readonly regions: readonly { readonly title: string; readonly centers: readonly MapCenter[] }[];
  readonly links: readonly MapLink[];
}

/** One centre with what is written into its box. */
export interface MapCenter {
  readonly id: string;
  readonly standing: Standing;
  readonly word: string;
  /** Below its name, one line each. */
  readonly lines: readonly string[];
}

/** A link, by the ids of its centres. */
export interface MapLink {
  readonly between: readonly [string, string];
  readonly latency: string;
  readonly policy: string;
}

/** A rectangle in units of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of text that begins at a point. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly setting: Setting;
  readonly text: string;
}

/** A picture with everything in its place. */
export interface MapPicture {
  readonly width: number;
  readonly height: number;
  readonly regions: readonly (Box & { readonly title: Line })[];
  readonly centers: readonly (Box & {
    readonly id: string;
    readonly standing: Standing;
    readonly mark: { readonly x: number; readonly y: number };
    readonly lines: readonly Line[];
  })[];
  readonly links: readonly (Box & {
    readonly path: string;
    readonly leader: string;
    readonly dot: { readonly x: number; readonly y: number };
    readonly lines: readonly Line[];
  })[];
}

/** How much room there is. */
export interface MapSize {
  readonly width: number;
  /** A box is never narrower, so that its name can be read. */
  readonly leastBox: number;
  /** Room for what is written beside links. */
  readonly label: number;
  /** Whether there is room for two things in one line. */
  readonly joined: boolean;
}

/** For a desk, and for a hand. */
export const SIZES = {
  wide: { width: 800, leastBox: 250, label: 210, joined: true },
  narrow: { width: 326, leastBox: 140, label: 108, joined: false },
} as const satisfies Record<string, MapSize>;

/** A picture with more is no help. */
const MOST_CENTERS = 60;
const EDGE = 2;
const PAD = 8;
const TITLE = 26;
const GAP = 12;
const ROW = 17;
const PORT = 12;
const LANE = 9;

/**
 * Puts everything in its place: centres one below the other in their regions, links as brackets beside them, each with
 * what is known of it in a column of its own, so that nothing ever covers anything.
 *
 * @returns undefined when there are too many centres, or too many links side by side, for this size
 */
export function layMap(input: MapInput, size: MapSize): MapPicture | undefined {
  const stacked = stack(input, size);
  const links = input.links.flatMap((link) => bracketOf(link, stacked.ports));
  const labelHeight = (size.joined ? 2 : 3) * ROW + 4;
  const tops = spread(
    links.map(({ span: [from, to] }) => (from + to) / 2 - labelHeight / 2),
    labelHeight + 4,
    EDGE,
  );
  const middles = tops.map((top) => top + labelHeight / 2);
  const lanes = laneOf(links.map(({ span }, i) => extent(span, middles[i] ?? 0)));
  const lanesWidth = links.length === 0 ? 0 : (Math.max(...lanes) + 2) * LANE;
  const area = size.width - 2 * EDGE - (links.length === 0 ? 0 : lanesWidth + size.label);
  const box = area - 2 * PAD;
  if (stacked.centers.length > MOST_CENTERS || box < size.leastBox) return undefined;
  const right = EDGE + area;
  const labelX = size.width - EDGE - size.label;
  const drawn = links.map(({ link, span }, i) => {
    const place = { x: labelX, y: tops[i] ?? 0, width: size.label, height: labelHeight };
    const course = { span, from: right - PAD, lane: right + ((lanes[i] ?? 0) + 1) * LANE };
    return linkAt(linkTexts(link, size), course, place);
  });
  const bottoms = [stacked.height, ...drawn.map(({ y, height }) => y + height)];
  return {
    width: size.width,
    height: Math.max(...bottoms) + EDGE,
    regions: stacked.regions.map(({ y, height, title }) => regionAt({ x: EDGE, y, width: area, height }, title)),
    centers: stacked.centers.map(({ y, height, center, texts }) =>
      centerAt({ x: EDGE + PAD, y, width: box, height }, center, texts),
    ),
    links: drawn,
  };
}

interface Stacked {
  readonly regions: { y: number; height: number; title: string }[];
  readonly centers: { y: number; height: number; center: MapCenter; texts: readonly string[] }[];
  /** Where links begin: for each centre so many heights as it has links, the first one first. */
  readonly ports: Map<string, number[]>;
  readonly height: number;
}

/** Finds the heights; they don't depend on how wide anything is. */
function stack({ regions, links }: MapInput, size: MapSize): Stacked {
  const into: Omit<Stacked, 'height'> = { regions: [], centers: [], ports: new Map() };
  let y = EDGE;
  for (const { title, centers } of regions) {
    const top = y;
    y += TITLE;
    for (const center of centers) {
      const count = links.filter(({ between }) => between.includes(center.id)).length;
      const texts = centerTexts(center, size);
      const height = Math.max(texts.length * ROW + 10, (count + 1) * PORT);
      into.centers.push({ y, height, center, texts });
      into.ports.set(
        center.id,
        Array.from({ length: count }, (_, i) => y + ((i + 1) * height) / (count + 1)),
      );
      y += height + PAD;
    }
    into.regions.push({ y: top, height: y - top, title });
    y += GAP;
  }
  return { ...into, height: Math.max(0, y - GAP) };
}

/** Each link has a place of its own at both of its centres. */
function bracketOf(link: MapLink, ports: Map<string, number[]>): { link: MapLink; span: Span }[] {
  const [one, other] = link.between.map((id) => ports.get(id)?.shift());
  return one === undefined || other === undefined ? [] : [{ link, span: [one, other] }];
}

function regionAt(box: Box, title: string): MapPicture['regions'][number] {
  const { x, y, width } = box;
  return { ...box, title: { x: x + PAD, y: y + 18, setting: 'strong', text: fit(title, width - 2 * PAD, 'strong') } };
}

function centerTexts({ id, word, lines }: MapCenter, { joined }: MapSize): string[] {
  return joined ? [`${id}: ${word}`, ...lines] : [id, word, ...lines];
}

function centerAt(box: Box, { id, standing }: MapCenter, texts: readonly string[]): MapPicture['centers'][number] {
  const { x, y, width } = box;
  const lines = texts.map((text, i): Line => {
    const setting = i === 0 ? 'strong' : 'plain';
    return { x: x + 28, y: y + 18 + i * ROW, setting, text: fit(text, width - 36, setting) };
  });
  return { ...box, id, standing, mark: { x: x + 14, y: y + 14 }, lines };
}

function linkTexts({ between, latency, policy }: MapLink, { joined }: MapSize): string[] {
  const name = between.join(' – ');
  return joined ? [name, `${latency}, ${policy}`] : [name, latency, policy];
}

/** How far a link reaches up and down, also to what is written beside it. */
function extent(span: Span, middle: number): Span {
  return [Math.min(...span, middle), Math.max(...span, middle)];
}

function linkAt(
  texts: readonly string[],
  { span, from, lane }: { readonly span: Span; readonly from: number; readonly lane: number },
  place: Box,
): MapPicture['links'][number] {
  const middle = place.y + place.height / 2;
  const [one, other] = span;
  const [top, bottom] = extent(span, middle);
  return {
    ...place,
    path: `M${from} ${one}H${lane}M${from} ${other}H${lane}M${lane} ${top}V${bottom}`,
    leader: `M${lane} ${middle}H${place.x}`,
    dot: { x: lane, y: middle },
    lines: texts.map((text, i): Line => {
      return { x: place.x + 6, y: place.y + 14 + i * ROW, setting: 'plain', text: fit(text, place.width - 8) };
    }),
  };
}
