import { beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../catalog/problem.js';
import { EMPTY_TOPOLOGY, readTopology, type Topology } from '../catalog/topology.js';
import { standingProbesFrom, standingProbesSchema } from '../config/standing-probes.js';
import type { Json } from '../core/json.js';
import type { Reading } from '../plugin-host/host.js';
import { FakeClock } from '../testing/fake-clock.js';
import type { Ground } from './post.js';
import { StandingProbes, type Look } from './standing-probes.js';

let clock: FakeClock;
let ground: Ground;
/** What was asked, and when, in milliseconds since the start. */
let asked: string[];
/** Answers that take their time: for how long, by the centre that is asked about. */
let takes: Record<string, number>;
let says: Record<string, Omit<Reading, 'at'>>;
let warnings: string[];
let began: number;

beforeEach(() => {
  clock = new FakeClock();
  began = clock.now();
  ground = groundOf('a', 'b');
  [asked, warnings, takes, says] = [[], [], {}, {}];
});

function topologyOf(...centers: readonly string[]): Topology {
  const lines = centers.map((id, i) => `  ${id}: { region: r, vendor: v, role: serving, capacity: ${(i + 1) * 100} }`);
  const text = `apiVersion: firebreak/v1\nkind: Topology\nregions: { r: {} }\ncenters:\n${lines.join('\n')}`;
  const read =
    centers.length === 0 ? { ok: true as const, topology: EMPTY_TOPOLOGY } : readTopology({ file: 't', text });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return read.topology;
}

function groundOf(...centers: readonly string[]): Ground {
  const topology = topologyOf(...centers);
  const governor = { conflicts: [], loop: { limit: 3, perMs: 1 }, groups: {}, centers: [], assertions: [] };
  return { topology, surroundings: { config: {}, topology: topology.scope, governor, map: topology } };
}

const HEALTH = { name: 'health', probe: 'x/health', with: { id: '{{center.id}}' }, every: '500ms', each: 'centers' };

const look: Look = async (order, timeoutMs) => {
  const { id } = order.with as { id: string };
  asked.push(`${id} ${clock.now() - began}`);
  const late = takes[id] ?? 0;
  if (late > 0) await new Promise<void>((resolve) => clock.after(Math.min(late, timeoutMs), resolve));
  const answer = says[id] ?? { status: 'healthy', detail: 'well', values: { health: 1 } };
  return late > timeoutMs ? { at: clock.now(), status: 'error', detail: 'no answer' } : { at: clock.now(), ...answer };
};

function watching(...probes: readonly Json[]): StandingProbes {
  const parsed = standingProbesFrom(standingProbesSchema.parse(probes), ({ message }) => message);
  const observer = { answered: () => undefined, warn: (message: string) => void warnings.push(message) };
  return new StandingProbes(parsed, () => ground, look, clock, observer);
}

/** Starts, and lets time pass. */
async function pass(probes: StandingProbes, ms: number): Promise<void> {
  void probes.onApplicationBootstrap();
  await clock.pass(ms);
}
const askedOf = (id: string) =>
  asked.filter((line) => line.startsWith(`${id} `)).map((line) => Number(line.split(' ')[1]));

describe('a standing probe', () => {
  it('is asked for each centre at once, and then every so often', async () => {
    await pass(watching(HEALTH), 1_600);
    expect(askedOf('a')).toEqual([0, 500, 1_000, 1_500]);
    expect(askedOf('b')).toEqual([0, 500, 1_000, 1_500]);
  });

  it('may be about one centre, or about none', async () => {
    const one = { ...HEALTH, name: 'one', with: { id: '{{center.id}} {{center.capacity}}' }, center: 'b' };
    const { each: _each, ...about } = one;
    const { each: _also, ...none } = { ...HEALTH, name: 'none', with: { id: 'none' } };
    const probes = watching(about, none);
    await pass(probes, 100);
    expect(asked).toEqual(['b 200 0', 'none 0']);
    expect(probes.answers().map(({ probe, center }) => [probe, center])).toEqual([
      ['one', 'b'],
      ['none', undefined],
    ]);
  });

  it('that is slow for one centre is asked less often there, never twice at a time, and others are not kept waiting', async () => {
    takes = { a: 1_300 };
    await pass(watching(HEALTH), 3_500);
    // 0 to 1300, then at the next full half second
    expect(askedOf('a')).toEqual([0, 1_500, 3_000]);
    expect(askedOf('b')).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
  });

  it('that never answers is given up at its time-out, and asked again', async () => {
    takes = { a: 1e9 };
    const probes = watching({ ...HEALTH, timeout: '700ms' });
    await pass(probes, 2_100);
    expect(askedOf('a')).toEqual([0, 1_000, 2_000]);
    expect(probes.answers()[0]?.last).toMatchObject({ status: 'error', detail: 'no answer' });
  });

  it('does not keep another from being asked, however many of its answers are missing', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `c${i}`);
    ground = groundOf(...many);
    takes = Object.fromEntries(many.map((id) => [id, 1e9]));
    const quick = { name: 'quick', probe: 'x/quick', with: { id: 'quick' }, every: '500ms' };
    await pass(watching({ ...HEALTH, timeout: '5s' }, quick), 1_100);
    expect(askedOf('quick')).toEqual([0, 500, 1_000]);
    expect(asked.filter((line) => line.startsWith('c'))).toHaveLength(10); // so many at a time
    await clock.pass(20_000);
    expect(new Set(asked.map((line) => line.split(' ')[0])).size).toBe(41); // and in the end all have had their turn
  });

  it('is asked no more once it has stopped, and an answer on its way is not heard', async () => {
    takes = { a: 300 };
    const probes = watching(HEALTH);
    await pass(probes, 100);
    probes.onApplicationShutdown();
    await clock.pass(10_000);
    expect(asked).toHaveLength(2);
    expect(probes.answers().map(({ center }) => center)).toEqual(['b']);
  });

  it('does not begin anything when there is none', async () => {
    const probes = watching();
    await pass(probes, 5_000);
    expect([asked, probes.answers(), probes.conditions()]).toEqual([[], [], {}]);
    probes.onApplicationShutdown();
  });
});

describe('the start', () => {
  it('waits for the first answers, so that no centre is chosen of which nothing is known yet', async () => {
    takes = { a: 300, b: 200 };
    const probes = watching(HEALTH);
    let isUp = false;
    void probes.onApplicationBootstrap().then(() => (isUp = true));
    await clock.pass(299);
    expect(isUp).toBe(false);
    await clock.pass(1);
    expect([isUp, Object.keys(probes.conditions())]).toEqual([true, ['a', 'b']]);
  });

  it('does not wait longer than a second', async () => {
    takes = { a: 1e9 };
    let isUp = false;
    void watching(HEALTH)
      .onApplicationBootstrap()
      .then(() => (isUp = true));
    await clock.pass(999);
    expect(isUp).toBe(false);
    await clock.pass(1);
    expect(isUp).toBe(true);
  });
});

describe('a change of the topology', () => {
  it('brings new centres, lets old ones go, and does not disturb the others', async () => {
    const probes = watching({ ...HEALTH, every: '700ms' });
    await pass(probes, 1_200);
    ground = groundOf('a', 'c');
    await clock.pass(1_700);
    expect(askedOf('a')).toEqual([0, 700, 1_400, 2_100, 2_800]);
    expect(askedOf('b')).toEqual([0, 700, 1_400]);
    expect(askedOf('c')).toEqual([2_000, 2_700]); // it is looked for once a second
    expect(Object.keys(probes.conditions())).toEqual(['a', 'c']);
  });

  it('is followed where it is about the parameters only', async () => {
    await pass(watching({ ...HEALTH, with: { id: '{{center.capacity}}' } }), 600);
    ground = groundOf('b', 'a');
    await clock.pass(1_000);
    expect(askedOf('100').length + askedOf('200').length).toBe(asked.length);
    expect(askedOf('200')).toContain(1_000);
  });

  it('that takes away what a template reads makes an error of it, and nothing breaks', async () => {
    ground = groundOf();
    const none = { name: 'none', probe: 'x/health', with: { id: '{{topology.centers.a.capacity}}' } };
    const probes = watching(none);
    await pass(probes, 100);
    expect(probes.answers()[0]?.last).toEqual({
      at: began,
      status: 'error',
      detail: 'cannot be asked: topology.centers.a.capacity is missing',
    });
  });

  it('I15: to very many centres leaves out what is too much, and says so', async () => {
    ground = groundOf(...Array.from({ length: 150 }, (_, i) => `c${i}`));
    const probes = watching(HEALTH);
    await pass(probes, 1_000);
    expect(probes.answers()).toHaveLength(100);
    expect(warnings).toEqual(['standing probes: 150 probes and centres are too many, the last 50 are left out']);
  });
});

describe('an answer', () => {
  it('that says nothing leaves the old one, which grows old', async () => {
    const probes = watching(HEALTH);
    await pass(probes, 1_000);
    says = { a: { status: 'unknown', detail: 'they disagree', values: { health: 0.5 } } };
    await clock.pass(20_000);
    expect(probes.conditions()).toEqual({
      a: { health: 1, at: began + 1_000, goodForMs: 10_000 },
      b: { health: 1, at: began + 21_000, goodForMs: 10_000 },
    });
    expect(probes.answers()[0]).toMatchObject({ last: { status: 'unknown' }, told: { status: 'healthy' } });
  });

  it('that says unhealthy counts, for it says something', async () => {
    says = { a: { status: 'unhealthy', detail: 'down', values: { health: 0 } } };
    const probes = watching(HEALTH);
    await pass(probes, 2_000);
    expect(probes.conditions()['a']).toEqual({ health: 0, at: began + 2_000, goodForMs: 10_000 });
  });
});
