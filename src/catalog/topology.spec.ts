import { describe, expect, it } from 'vitest';
import { formatProblem } from './problem.js';
import { EMPTY_TOPOLOGY, readTopology } from './topology.js';

const HEAD = 'apiVersion: firebreak/v1\nkind: Topology\n';
const GOOD = `${HEAD}regions: { north: { title: North } }
centers:
  a: { region: north, vendor: v, role: serving, capacity: 10, standby: b }
  b: { region: north, vendor: v, role: standby, capacity: 10, systems: { haproxy: { backend: centers } } }
pairs: [{ between: [a, b], latencyMs: 3.2, policy: consistent }]
assertions: [{ name: one, minServing: 1 }]
`;

function problemsOf(text: string): string[] {
  const read = readTopology({ file: 't.yaml', text });
  return read.ok ? [] : read.problems.map(formatProblem);
}

describe('a topology', () => {
  it('gives templates its regions, its pairs, and its centres by id', () => {
    const read = readTopology({ file: 't.yaml', text: GOOD });
    expect(read.ok && read.topology.scope).toEqual({
      regions: { north: { title: 'North' } },
      centers: {
        a: { id: 'a', region: 'north', vendor: 'v', role: 'serving', capacity: 10, standby: 'b', baselines: {} },
        b: {
          id: 'b',
          region: 'north',
          vendor: 'v',
          role: 'standby',
          capacity: 10,
          systems: { haproxy: { backend: 'centers' } },
          baselines: {},
        },
      },
      pairs: [{ between: ['a', 'b'], latencyMs: 3.2, policy: 'consistent' }],
      services: {},
    });
  });

  it('says how large its groups are: those that it names, and centres by region, vendor and role', () => {
    const text = `${GOOD}groups: { cluster: { eu: 12, us: [x, y, z] }, center: { a: 3 } }\n`;
    const read = readTopology({ file: 't.yaml', text });
    expect(read.ok && read.topology.groups).toEqual({
      region: { north: 2 },
      vendor: { v: 2 },
      role: { serving: 1, standby: 1 },
      cluster: { eu: 12, us: 3 },
      center: { a: 3 },
    });
    expect(EMPTY_TOPOLOGY.groups).toEqual({ region: {}, vendor: {}, role: {} });
  });

  it('gives its assertions with the capacity of each centre that they count, all centres when they name none', () => {
    const text = GOOD.replace('assertions: [', 'assertions: [{ name: floor, minCapacity: 5, among: [b] }, ').replace(
      'role: standby, capacity: 10',
      'role: standby, capacity: 7',
    );
    const read = readTopology({ file: 't.yaml', text });
    expect(read.ok && read.topology.servingRules).toEqual([
      { name: 'floor', minCapacity: 5, among: { b: 7 } },
      { name: 'one', minServing: 1, among: { a: 10, b: 7 } },
    ]);
  });

  it('must name only what is there, with the line of each name that leads nowhere', () => {
    const text = GOOD.replace('standby: b', 'standby: x')
      .replace('[a, b]', '[a, y]')
      .replace('region: north, vendor: v, role: standby', 'region: nort, vendor: v, role: standby');
    expect(problemsOf(text)).toEqual([
      't.yaml:5:72: centers.a.standby: unknown centre "x"; known: a, b',
      't.yaml:6:16: centers.b.region: unknown region "nort": did you mean "north"? known: north',
      't.yaml:7:24: pairs[0].between[1]: unknown centre "y"; known: a, b',
    ]);
  });

  it.each([
    [GOOD.replace('standby: b', 'standby: a'), 't.yaml:5:72: centers.a.standby: a centre cannot stand in for itself'],
    [GOOD.replace('[a, b]', '[a, a]'), 't.yaml:7:20: pairs[0].between: a pair has two different centres'],
    [
      GOOD.replace('pairs: [', 'pairs: [{ between: [b, a], latencyMs: 1, policy: batch }, '),
      't.yaml:7:70: pairs[1].between: this pair stands above already, as number 1',
    ],
    [
      GOOD.replace('minServing: 1', 'minServing: 2, among: [a, a]'),
      't.yaml:8:53: assertions[0].among[1]: "a" stands in it already',
    ],
    [
      `${GOOD}groups: { vendor: { v: 3 } }\n`,
      't.yaml:9:11: groups.vendor: is counted from centers, whose vendor says it; write another label',
    ],
    [`${GOOD}groups: { cluster: { eu: [x, y, x] } }\n`, 't.yaml:9:33: groups.cluster.eu[2]: "x" stands in it already'],
    [`${GOOD}groups: { cluster: { eu: 0 } }\n`, 't.yaml:9:26: groups.cluster.eu: must be at least 1'],
    [`${GOOD}groups: { cluster: { eu: [] } }\n`, 't.yaml:9:26: groups.cluster.eu: must not be empty'],
    [
      `${GOOD}groups: { cluster: { eu: many } }\n`,
      't.yaml:9:26: groups.cluster.eu: must be the number of its targets, or the list of their names; not "many"',
    ],
    [`${GOOD}groups: { cluster: 3 }\n`, 't.yaml:9:20: groups.cluster: must be a map, not the number 3'],
    [GOOD.replace('minServing: 1', 'minServing: 3'), 't.yaml:8:39: assertions[0].minServing: there are only 2 centres'],
    [
      GOOD.replace('minServing: 1', 'minCapacity: 21'),
      't.yaml:8:40: assertions[0].minCapacity: all these centres together have only 20',
    ],
    [
      GOOD.replace(', minServing: 1', ''),
      't.yaml:8:14: assertions[0]: says exactly one of minServing, minCapacity and antiFlap',
    ],
    [
      GOOD.replace('minServing: 1', 'minServing: 1, antiFlap: 10m'),
      't.yaml:8:14: assertions[0]: says exactly one of minServing, minCapacity and antiFlap',
    ],
    [
      GOOD.replace('minServing: 1', 'antiFlap: 10'),
      't.yaml:8:37: assertions[0].antiFlap: must be a duration such as 90s, 10m or 1h30m',
    ],
    [
      GOOD.replace('capacity: 10, standby', 'capacity: 0, standby'),
      't.yaml:5:59: centers.a.capacity: must be more than 0',
    ],
    [GOOD.replace('vendor: v, role: serving', 'vender: v, role: serving'), 't.yaml:5:3: centers.a.vendor: missing'],
  ])('is refused when it contradicts itself (%#)', (text, expected) => {
    expect(problemsOf(text)[0]).toBe(expected);
  });
});

const WITH_SERVICES = `${GOOD}services:
  shop: { centers: [a, b], home: a, traffic: { haproxy: { backend: shop } }, data: { postgres: { cluster: shop } } }
baselines: { p99Ms: 100, errorRate: 0.005 }
`;

describe('the services of a topology', () => {
  it('are read by templates with their names, and with what carries their traffic and their data', () => {
    const read = readTopology({ file: 't.yaml', text: WITH_SERVICES });
    expect(read.ok && read.topology.scope['services']).toEqual({
      shop: {
        name: 'shop',
        centers: ['a', 'b'],
        home: 'a',
        traffic: { haproxy: { backend: 'shop' } },
        data: { postgres: { cluster: 'shop' } },
      },
    });
    expect(read.ok && read.topology.services['shop']?.centers).toEqual(['a', 'b']);
  });

  it.each([
    [
      'centers: [a, b], home',
      'centers: [a, x], home',
      '10:24: services.shop.centers[1]: unknown centre "x"; known: a, b',
    ],
    ['centers: [a, b], home', 'centers: [a, a], home', '10:24: services.shop.centers[1]: "a" stands in it already'],
    ['centers: [a, b], home', 'centers: [], home', '10:20: services.shop.centers: must not be empty'],
    ['[a, b], home: a', '[a], home: b', '10:31: services.shop.home: "b" is not among its centers: a'],
    ['home: a', 'home: x', '10:34: services.shop.home: unknown centre "x"; known: a, b'],
    ['home: a', 'hoem: a', '10:28: unknown key "hoem": did you mean "home"? allowed: centers, data, home, traffic'],
    [
      'shop: { centers',
      '_shop: { centers',
      '10:3: services._shop: must be the name of a service: letters, digits and . _ -',
    ],
  ])('are refused when they contradict the rest: %s -> %s', (from, to, expected) => {
    expect(problemsOf(WITH_SERVICES.replace(from, to))[0]).toBe(`t.yaml:${expected}`);
  });

  it.each([
    ['consistent', []],
    ['unit-split', []],
    [
      'asynchronous',
      [
        'service shop keeps data (postgres) in a and b, whose pair is asynchronous: an unplanned cut-over between them may lose writes',
      ],
    ],
    ['batch', [expect.stringContaining('whose pair is batch')]],
  ])('are warned of when their data may be lost between two centres: %s', (policy, warnings) => {
    const read = readTopology({ file: 't.yaml', text: WITH_SERVICES.replace('consistent', policy) });
    expect(read.ok && read.topology.warnings).toEqual(warnings);
  });
});

describe('the baselines of a topology', () => {
  const own = (text: string): string => WITH_SERVICES.replace('standby: b }', `standby: b, baselines: ${text} }`);

  it('hold for every centre, but for what a centre says itself: a number replaces, a signed text adds', () => {
    const read = readTopology({ file: 't.yaml', text: own("{ p99Ms: '+12', errorRate: 0.01 }") });
    expect(read.ok && read.topology.baselines).toEqual({
      a: { p99Ms: 112, errorRate: 0.01 },
      b: { p99Ms: 100, errorRate: 0.005 },
    });
    expect(read.ok && read.topology.scope['centers']).toMatchObject({ a: { baselines: { p99Ms: 112 } } });
    const text = own("{ p99Ms: '-3.5', errorRate: '+0.2' }").replace('errorRate: 0.005', 'errorRate: 0.1');
    const less = readTopology({ file: 't.yaml', text });
    expect(less.ok && less.topology.baselines['a']).toEqual({ p99Ms: 96.5, errorRate: 0.3 });
  });

  it.each([
    [
      "{ p99ms: '+12' }",
      '5:88: centers.a.baselines.p99ms: unknown baseline "p99ms": did you mean "p99Ms"? known: errorRate, p99Ms',
    ],
    ["{ p99Ms: '-101' }", '5:95: centers.a.baselines.p99Ms: 100 -101 is -1, and must be at least 0'],
    [
      '{ p99Ms: -3 }',
      "5:95: centers.a.baselines.p99Ms: must be at least 0; what a centre differs by stands in quotes, such as '-3'",
    ],
    [
      '{ p99Ms: +12 }',
      "5:95: centers.a.baselines.p99Ms: write '+12' in quotes to add it, or 12 to replace what is usual",
    ],
    [
      '{ p99Ms: more }',
      `5:95: centers.a.baselines.p99Ms: must be a number, or in quotes what it differs by, such as '+12' or '-3'; not "more"`,
    ],
  ])('are refused when nobody could tell what they mean: %s', (text, expected) => {
    expect(problemsOf(own(text))[0]).toBe(`t.yaml:${expected}`);
  });
});

describe('rest after a move', () => {
  it('is an assertion of its own, in milliseconds for the store', () => {
    const text = GOOD.replace('minServing: 1', 'antiFlap: 10m, among: [a]');
    const read = readTopology({ file: 't.yaml', text });
    expect(read.ok && read.topology.servingRules).toEqual([{ name: 'one', antiFlapMs: 600_000, among: { a: 10 } }]);
  });
});
