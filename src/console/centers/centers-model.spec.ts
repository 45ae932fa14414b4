import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTopology, type Topology } from '../../catalog/topology.js';
import type { CentersNow } from '../../core/affinity.js';
import type { Runbook } from '../../core/runbook.js';
import type { CenterRecord, Scorecard } from '../../engine/governance.js';
import { aRunbook, fixed } from '../../testing/examples.js';
import type { StandingAnswer } from '../../watch/answer.js';
import { centersModel, type CentersMaterial } from './centers-model.js';
import { SMALLEST_TOPOLOGY } from './smallest-topology.js';

const NOW = 10_000_000;

function topologyOf(text: string): Topology {
  const read = readTopology({ file: 'topology.yaml', text });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.topology;
}

const THREE = topologyOf(
  readFileSync(join(import.meta.dirname, '../../../deploy/topology/three-regions.yaml'), 'utf8'),
);
const NO_SCORE: Scorecard = {
  counts: {
    fired: 0,
    observed: 0,
    verified: 0,
    notVerified: 0,
    unverifiable: 0,
    harmful: 0,
    failed: 0,
    reverted: 0,
    held: 0,
    clearedByItself: 0,
  },
  failuresInARow: 0,
};

interface Now extends Partial<CentersNow>, Partial<Omit<CentersMaterial, 'facts'>> {
  readonly records?: readonly CenterRecord[];
}

function shown({ conditions = {}, outOfService = {}, records = [], ...more }: Now = {}) {
  const facts = { centers: { conditions, outOfService }, records };
  const surroundings = { config: {}, topology: (more.topology ?? THREE).scope };
  const rest = { topology: THREE, surroundings, answers: [], movers: [], someRest: false, maySay: true, ...more };
  return centersModel({ ...rest, facts }, NOW);
}

const center = (model: ReturnType<typeof shown>, id: string) => model.centers.find((one) => one.id === id);
const service = (model: ReturnType<typeof shown>, name: string) => model.services.find((one) => one.name === name)?.now;
const mover = (change: Partial<Runbook> = {}, scorecard = NO_SCORE) => ({
  runbook: aRunbook({ name: 'move', serving: { out: fixed('{{labels.center}}') }, target: fixed('all'), ...change }),
  scorecard,
});

describe('the page of the centres', () => {
  it('says first what does not hold, with its numbers', () => {
    const model = shown({ outOfService: { a: ['x1'], b: ['person:ada'] } });
    expect(model.status).toBe('5 centres, 2 out of service; 2 of 3 assertions do not hold');
    expect(model.broken).toEqual([
      'shop-is-served: 0 in service, at least 1 wanted',
      'capacity-floor: 1400 capacity in service, at least 1600 wanted',
    ]);
  });

  it('says who took a centre out and since when, and until when it rests', () => {
    const moved = { way: 'out', at: NOW - 60_000, by: 'x1' } as const;
    const a = center(shown({ outOfService: { a: ['x1', 'person:ada'] }, records: [{ center: 'a', moved }] }), 'a');
    expect(a).toMatchObject({ inService: false, since: NOW - 60_000, restsUntil: NOW + 540_000 });
    expect(a?.takenBy).toEqual([
      { person: '', execution: 'x1' },
      { person: 'ada', execution: '' },
    ]);
  });

  it('tells what is measured now from what is too old, what could not be told and what nobody measures', () => {
    const conditions = {
      a: { health: 0, at: NOW },
      b: { health: 1, at: NOW - 60_000 },
      c: { at: NOW, untold: true },
    } as const;
    const model = shown({ conditions });
    const said = ['a', 'b', 'c', 'd'].map((id) => center(model, id));
    expect(said.map((one) => [one?.health, one?.fresh, one?.down, one?.untold])).toEqual([
      ['0', true, true, false],
      ['1', false, false, false],
      ['', false, false, true],
      ['', false, false, false],
    ]);
    expect(said.map((one) => one?.measuredAt)).toEqual([NOW, NOW - 60_000, null, null]);
  });

  it('says how what is usual differs from elsewhere', () => {
    expect([center(shown(), 'a'), center(shown(), 'c'), center(shown(), 'e')].map((one) => one?.baselines)).toEqual([
      ['p99Ms 100', 'errorRate 0.005'],
      ['p99Ms 112 (+12)', 'errorRate 0.005'],
      ['p99Ms 250 (its own)', 'errorRate 0.01 (its own)'],
    ]);
  });

  it('keeps what is out of service and no longer in the topology', () => {
    expect(shown({ outOfService: { old: ['person:ada'] } }).gone.map(({ id }) => id)).toEqual(['old']);
  });

  it('says how things stand where there is no topology', () => {
    const none = topologyOf('apiVersion: firebreak/v1\nkind: Topology\nregions: {}\ncenters: {}\n');
    expect(shown({ topology: none })).toMatchObject({ none: true, status: 'No topology is described', centers: [] });
  });

  it('shows a smallest topology that is right', () => {
    expect(Object.keys(topologyOf(SMALLEST_TOPOLOGY).centers)).toEqual(['a', 'b']);
  });
});

describe('where a service is served', () => {
  const movedIn = (by: string) => [{ center: 'b', moved: { way: 'in', at: NOW, by } as const }];

  it('is its home as long as that is in service', () => {
    expect(service(shown(), 'shop')).toBe('a, its home, is in service');
    expect(service(shown(), 'search')).toBe('any of a, b, c, d');
  });

  it('is where an execution has moved it', () => {
    const model = shown({ outOfService: { a: ['x1'] }, records: movedIn('x1') });
    expect(service(model, 'shop')).toBe('b, brought in by an execution; its home a is out of service');
    expect(center(model, 'b')).toMatchObject({ word: 'standby, brought in', serves: true });
  });

  it('is not known because a person has said that a centre is back', () => {
    const model = shown({ outOfService: { a: ['x1'] }, records: movedIn('person:ada') });
    expect(service(model, 'shop')).toBe('not known; its home a is out of service, and in service are b');
    expect(center(model, 'b')).toMatchObject({ word: 'standby', serves: false });
  });

  it('is nowhere when all of its centres are out of service', () => {
    const model = shown({ outOfService: { a: ['x1'], b: ['x1'] } });
    expect(service(model, 'shop')).toBe('by none: a, b are out of service');
  });
});

describe('the request to cut over', () => {
  it('is offered for centres that serve, and for no other', () => {
    const model = shown({ movers: [mover()], outOfService: { c: ['person:ada'] } });
    expect(model.centers.filter(({ cutOvers }) => cutOvers.length > 0).map(({ id }) => id)).toEqual(['a']);
  });

  it('has the labels that the runbook reads, for each service that runs there', () => {
    const target = fixed('traffic/{{labels.service}}');
    const links = center(shown({ movers: [mover({ target })] }), 'a')?.cutOvers[0]?.links;
    expect(links?.map(({ href }) => new URL(href, 'http://x').searchParams.get('labels'))).toEqual([
      'center="a"\nservice="shop"',
      'center="a"\nservice="search"',
    ]);
    expect(links?.[0]?.href).toMatch(/^\/runbooks\/move\?.*#start$/);
  });

  it('names the centre by the label that the runbook reads, and leaves out what it cannot know', () => {
    const labels = (out: string): string | null | undefined => {
      const [cutOver] = center(shown({ movers: [mover({ serving: { out: fixed(out) } })] }), 'a')?.cutOvers ?? [];
      return new URL(cutOver?.links[0]?.href ?? '', 'http://x').searchParams.get('labels');
    };
    expect([labels('{{ labels.dc }}'), labels('b')]).toEqual(['dc="a"', '']);
  });

  it('says which centre comes in, and leaves out what would bring in the one that goes out', () => {
    const into = (center: string) => mover({ serving: { out: fixed('{{labels.center}}'), in: fixed(center) } });
    const cutOvers = center(shown({ movers: [into('b'), into('a')] }), 'a')?.cutOvers;
    expect(cutOvers?.map(({ links }) => links.map(({ brings }) => brings))).toEqual([['b']]);
  });

  it('says how far the runbook may go, also when it has lost trust', () => {
    const trust = { to: 'approve', why: 'harmful', executionId: 'x1', at: NOW } as const;
    const [cutOver] = center(shown({ movers: [mover({ mode: 'auto' }, { ...NO_SCORE, trust })] }), 'a')?.cutOvers ?? [];
    expect(cutOver).toMatchObject({
      mode: 'approve',
      modeSays: 'It makes a plan and waits for people to agree to it.',
    });
    expect(cutOver?.lost).toContain('although its file says auto');
  });
});

describe('replication and readiness', () => {
  const answer = (change: Partial<StandingAnswer> & Pick<StandingAnswer, 'last'>): StandingAnswer => ({
    probe: 'p',
    asks: 'cut-over-center/replication-lag',
    center: 'b',
    everyMs: 1_000,
    ...change,
  });
  const told = {
    at: NOW - 60_000,
    status: 'healthy',
    detail: 'fine',
    values: { lagSeconds: 1.5, lagBytes: 300 },
  } as const;

  it('are not measured where no standing probe is about a centre', () => {
    const { measured, probed } = shown();
    expect([measured, probed[0]]).toEqual([false, { center: 'a', ready: [], lags: [], others: [] }]);
  });

  it('show the figure of the last answer that told, and that it is old', () => {
    const last = { at: NOW, status: 'error', detail: 'no answer' } as const;
    const b = shown({ answers: [answer({ last, told })] }).probed.find((one) => one.center === 'b');
    expect(b?.lags).toEqual([
      { probe: 'p', status: 'error', detail: 'no answer', at: NOW - 60_000, stale: true, lag: '1.5 s, 300 bytes' },
    ]);
  });

  it('show whether a centre could take over, also when nobody could ever tell', () => {
    const last = { at: NOW, status: 'unknown', detail: 'no data' } as const;
    const b = shown({ answers: [answer({ asks: 'cut-over-center/readiness', last })] }).probed[1];
    expect(b?.ready).toEqual([{ probe: 'p', status: 'unknown', detail: 'no data', at: null, stale: false }]);
  });
});

describe('the map', () => {
  it('has every centre in its region, told apart by how it stands', () => {
    const { wide } = shown({ outOfService: { c: ['x1'] } }).map;
    expect(wide?.centers.map(({ id, standing }) => [id, standing])).toEqual([
      ['c', 'out'],
      ['d', 'standby'],
      ['a', 'serving'],
      ['b', 'standby'],
      ['e', 'archive'],
    ]);
    expect(wide?.links.map(({ lines }) => lines.map(({ text }) => text))).toContainEqual([
      'a – c',
      '28.7 ms, asynchronous',
    ]);
  });

  it('is the same in whatever order the file has regions and centres', () => {
    const reversed = <T>(all: { readonly [id: string]: T }): Record<string, T> =>
      Object.fromEntries(Object.entries(all).toReversed());
    const { regions, centers } = THREE;
    const other = { ...THREE, regions: reversed(regions), centers: reversed(centers) };
    expect(shown({ topology: other }).map).toEqual(shown().map);
  });
});
