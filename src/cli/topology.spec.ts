import { expect, it } from 'vitest';
import { topologyText } from './topology.js';
import type { ShownTopology } from './topology-shape.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString();
const center = { vendor: 'v1', role: 'serving', capacity: 600, inService: true, baselines: {} };
const NONE: ShownTopology = { regions: [], centers: [], pairs: [], services: [], assertions: [] };

it('the topology is shown with how its centres are and whether its assertions hold', () => {
  const shown: ShownTopology = {
    regions: [{ id: 'north', title: 'North' }, { id: 'east' }],
    centers: [
      {
        ...center,
        id: 'a',
        region: 'north',
        condition: { health: 0.912, load: 0.3, at: ago(2), fresh: true },
        provenAt: ago(90_000),
        baselines: { p99Ms: 112, errorRate: 0.005 },
      },
      {
        ...center,
        id: 'b',
        region: 'east',
        inService: false,
        by: ['x1', 'person:ada\n  c'],
        since: ago(192),
        condition: { health: 1, at: ago(30), fresh: false },
      },
      { ...center, id: 'c', region: 'east' },
    ],
    pairs: [{ between: ['a', 'b'], latencyMs: 3.2, policy: 'consistent' }],
    services: [{ name: 'shop', centers: ['a', 'b'], home: 'a', traffic: { haproxy: {} }, data: { postgres: {} } }],
    assertions: [
      { name: 'somebody-serves', minServing: 1, among: ['a', 'b'], holds: true, left: 1 },
      { name: 'enough', minCapacity: 700, among: ['a', 'b'], holds: false, left: 600 },
      {
        name: 'calm',
        antiFlapSeconds: 600,
        among: ['a', 'b'],
        holds: true,
        resting: [{ center: 'b', moved: 'out', by: 'x1', until: ago(-408) }],
      },
    ],
  };
  expect(topologyText(shown, NOW).join('\n')).toBe(
    `
Regions
  north  North
  east

Centres
  CENTRE  REGION  VENDOR  ROLE     CAPACITY  IS                                      HEALTH  LOAD  MEASURED          LAST TOOK OVER
  a       north   v1      serving  600       in service                              0.91    0.3   2s ago            1d1h ago
  b       east    v1      serving  600       taken out 3m12s ago (x1, person:ada c)  1       -     30s ago: too old  never
  c       east    v1      serving  600       in service                              -       -     never             never

Usual there
  a  p99Ms 112, errorRate 0.005
  b
  c

Links
  BETWEEN  LATENCY  POLICY
  a - b    3.2 ms   consistent

Services
  SERVICE  CENTRES  HOME  TRAFFIC  DATA
  shop     a, b     a     haproxy  postgres

Assertions
  ASSERTION        SAYS                     OF    NOW
  somebody-serves  1 or more serve          a, b  holds: 1
  enough           capacity of 700 or more  a, b  DOES NOT HOLD: 600
  calm             not moved back for 10m   a, b  b out by x1, may move in 6m48s
`.trim(),
  );
});

it('a topology of nothing is said to be none, and parts of which there is nothing are left out', () => {
  expect(topologyText(NONE)).toEqual(['no centres: there is no topology']);
  const text = topologyText({ ...NONE, centers: [{ ...center, id: 'a', region: 'north' }] });
  expect(text.filter((line) => /^\w/.test(line))).toEqual(['Centres']);
});
