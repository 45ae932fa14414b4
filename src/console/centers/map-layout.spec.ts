import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layMap, SIZES, type Box, type MapInput, type MapPicture, type MapSize } from './map-layout.js';
import { fit, LETTERS, widthOf } from './map-text.js';

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 63 }),
  fc.constantFrom('a', 'w'.repeat(63), 'M'.repeat(200), '中'.repeat(60), '</svg><script>'),
);
const standing = fc.constantFrom('serving', 'standby', 'out', 'archive', 'other');

/** Any number of centres from one to forty, in up to six regions, with links between any two. */
const inputs: fc.Arbitrary<MapInput> = fc
  .record({
    centers: fc.array(fc.record({ standing, word: name, lines: fc.array(name, { maxLength: 3 }), region: fc.nat(5) }), {
      minLength: 1,
      maxLength: 40,
    }),
    titles: fc.array(name, { minLength: 6, maxLength: 6 }),
    links: fc.array(fc.tuple(fc.nat(39), fc.nat(39), name, name), { maxLength: 30 }),
  })
  .map(({ centers, titles, links }) => ({
    regions: titles
      .map((title, i) => ({
        title,
        centers: centers.flatMap(({ region, ...center }, n) => (region === i ? [{ ...center, id: `c-${n}` }] : [])),
      }))
      .filter((region) => region.centers.length > 0),
    links: links
      .filter(([one, other]) => one !== other && one < centers.length && other < centers.length)
      .map(([one, other, latency, policy]) => ({ between: [`c-${one}`, `c-${other}`], latency, policy })),
  }));

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const lies = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** What a line of text covers. */
const covered = ({ x, y, text, setting }: MapPicture['centers'][number]['lines'][number]): Box => ({
  x,
  y: y - LETTERS[setting],
  width: widthOf(text, setting),
  height: LETTERS[setting] + 2,
});

function faults(picture: MapPicture): string[] {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const { regions, centers, links } = picture;
  const holders = [
    ...regions.map(({ title, ...box }) => ({ box, lines: [title] })),
    ...centers.map(({ lines, ...box }) => ({ box, lines })),
    ...links.map(({ lines, ...box }) => ({ box, lines })),
  ];
  const texts = holders.flatMap(({ lines }) => lines.map(covered));
  return [
    ...holders.filter(({ box }) => !lies(box, whole)).map(() => 'outside of the picture'),
    ...holders.flatMap(({ box, lines }) => lines.filter((line) => !lies(covered(line), box)).map(({ text }) => text)),
    ...pairs(texts).map(() => 'two texts'),
    ...pairs([...centers, ...links]).map(() => 'two boxes'),
    ...pairs(regions).map(() => 'two regions'),
    ...centers
      .filter((box) => regions.filter((region) => lies(box, region)).length !== 1)
      .map(({ id }) => `${id} is in no region`),
    ...links.filter((box) => regions.some((region) => overlap(box, region))).map(() => 'a label on a region'),
    ...crowded(links),
  ];
}

const pairs = (boxes: readonly Box[]): unknown[] =>
  boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) => overlap(one, other)));

/** Links of which the upright parts lie on each other would look like one. */
function crowded(links: MapPicture['links']): string[] {
  const upright = links.map(({ path }) => {
    const [x = 0, top = 0, bottom = 0] = (/M([\d.]+) ([\d.]+)V([\d.]+)$/.exec(path) ?? []).slice(1).map(Number);
    return { x, y: top, width: 1, height: bottom - top };
  });
  return pairs(upright).map(() => 'two links in one lane');
}

describe('the map of a topology', () => {
  it.each(Object.entries<MapSize>(SIZES))('%s: nothing covers anything, and all of it is inside', (_, size) => {
    fc.assert(
      fc.property(inputs, (input) => {
        const picture = layMap(input, size);
        expect(picture === undefined ? [] : faults(picture)).toEqual([]);
      }),
    );
  });

  it.each([1, 2, 5, 30])('there is one of %i centres in a row, for a desk and for a hand', (count) => {
    const ids = Array.from({ length: count }, (_, i) => `c-${i}`);
    const centers = ids.map((id) => ({ id, standing: 'serving', word: 'serving', lines: ['capacity 100'] }) as const);
    const links = ids.slice(1).map((id, i) => ({ between: [`c-${i}`, id], latency: '3 ms', policy: 'batch' }) as const);
    for (const size of Object.values(SIZES)) {
      const picture = layMap({ regions: [{ title: 'North', centers }], links }, size);
      expect([picture?.centers.length, picture?.links.length]).toEqual([count, count - 1]);
    }
  });

  it('is left out where more links lie side by side than there is room for', () => {
    const centers = ['a', 'b'].map((id) => ({ id, standing: 'serving', word: 'serving', lines: [] }) as const);
    const link = { between: ['a', 'b'], latency: '1 ms', policy: 'batch' } as const;
    const input = { regions: [{ title: 'North', centers }], links: Array.from({ length: 12 }, () => link) };
    expect(layMap(input, SIZES.narrow)).toBeUndefined();
    const wide = layMap(input, SIZES.wide);
    expect([wide?.links.length, wide && faults(wide)]).toEqual([12, []]);
  });

  it('is left out of very many centres', () => {
    const centers = Array.from({ length: 61 }, (_, i) => {
      return { id: `c-${i}`, standing: 'serving', word: 'serving', lines: [] } as const;
    });
    expect(layMap({ regions: [{ title: 'North', centers }], links: [] }, SIZES.wide)).toBeUndefined();
  });
});

describe('what is written in it', () => {
  it('is cut only where there is no room, never in the middle of a character', () => {
    expect(fit('north', 100)).toBe('north');
    expect(fit('🚒'.repeat(40), 100)).toMatch(/^(🚒)+…$/u);
  });

  it('S8: shows characters that turn the direction of writing as what they are, and measures them so', () => {
    expect(fit('a\u202Eb', 100)).toBe('a\\u202eb');
    expect(widthOf(fit('\u202E'.repeat(40), 100), 'plain')).toBeLessThanOrEqual(100);
  });
});
