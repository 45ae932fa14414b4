import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CenterCondition } from '../../src/core/affinity.js';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const CHOOSING = `  chooseCenter: { insteadOf: '{{labels.center}}', service: '{{labels.service}}' }
  serving: { out: '{{labels.center}}', in: '{{topology.chosen.id}}' }
`;
const RUNBOOKS = {
  quick: runbookFile('quick', CHOOSING, 'auto').replace('value: b', "value: '{{topology.chosen.id}}'"),
  careful: runbookFile('careful', CHOOSING).replace('cooldown: 10m', 'cooldown: 0s'),
};

const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North }, east: {} }
centers:
  a: { region: north, vendor: v1, role: serving, capacity: 600, standby: b }
  b: { region: north, vendor: v2, role: serving, capacity: 400, baselines: { p99Ms: '+12' } }
  c: { region: east, vendor: v1, role: serving, capacity: 300 }
pairs: [{ between: [a, b], latencyMs: 3.2, policy: consistent }]
services: { shop: { centers: [a, b, c], home: a, traffic: { haproxy: { backend: shop } } } }
baselines: { p99Ms: 100 }
assertions:
  - { name: somebody-serves, minServing: 1 }
  - { name: enough, minCapacity: 700 }
  - { name: calm, antiFlap: 10m }
`;

describe('the topology', () => {
  let api: ApiApp;
  const conditions: Record<string, CenterCondition> = {};
  beforeEach(async () => (api = await startApi({ runbooks: RUNBOOKS, topology: TOPOLOGY, conditions })));
  afterEach(() => {
    for (const center of Object.keys(conditions)) delete conditions[center];
    return api.close();
  });

  const get = async (path: string): Promise<unknown> => JSON.parse((await api.send('GET', path, 'viewer')).text);
  const body = (runbook: string) => {
    const labels = { alertname: 'CenterDown', service: 'shop', runbook, center: 'a' };
    const startsAt = new Date(api.clock.now()).toISOString();
    return { version: '4', alerts: [{ status: 'firing', labels, annotations: {}, startsAt }] };
  };
  const fire = async (runbook: string) => {
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', body(runbook));
    await api.clock.pass(10);
    return json.alerts[0].decisions[0];
  };

  it('is shown with how its centres are, and whether its assertions hold', async () => {
    const at = api.clock.now();
    conditions['b'] = { health: 0.9, load: 0.25, at: at - 3_000 };
    conditions['c'] = { health: 1, at: at - 30_000 };
    await api.send('POST', '/api/v1/centers/c/serving', 'operator', { serving: false, reason: 'works' });
    expect(await get('/api/v1/topology')).toMatchObject({
      regions: [{ id: 'north', title: 'North' }, { id: 'east' }],
      centers: [
        { id: 'a', region: 'north', vendor: 'v1', standby: 'b', inService: true, baselines: { p99Ms: 100 } },
        {
          id: 'b',
          inService: true,
          baselines: { p99Ms: 112 },
          condition: { health: 0.9, load: 0.25, at: new Date(at - 3_000).toISOString(), ageSeconds: 3, fresh: true },
        },
        {
          id: 'c',
          inService: false,
          by: ['person:operator'],
          since: new Date(at).toISOString(),
          moved: { way: 'out', by: 'person:operator' },
          condition: { health: 1, ageSeconds: 30, fresh: false },
        },
      ],
      pairs: [{ between: ['a', 'b'], latencyMs: 3.2, policy: 'consistent' }],
      services: [{ name: 'shop', centers: ['a', 'b', 'c'], home: 'a', traffic: { haproxy: { backend: 'shop' } } }],
      assertions: [
        { name: 'somebody-serves', minServing: 1, among: ['a', 'b', 'c'], holds: true, left: 2 },
        { name: 'enough', minCapacity: 700, holds: true, left: 1000 },
        {
          name: 'calm',
          antiFlapSeconds: 600,
          holds: true,
          resting: [{ center: 'c', moved: 'out', by: 'person:operator', until: new Date(at + 600_000).toISOString() }],
        },
      ],
    });
  });

  it('says when an assertion does not hold any more', async () => {
    for (const id of ['a', 'b'])
      await api.send('POST', `/api/v1/centers/${id}/serving`, 'operator', { serving: false, reason: 'works' });
    expect(await get('/api/v1/topology')).toMatchObject({
      assertions: [
        { name: 'somebody-serves', holds: true, left: 1 },
        { name: 'enough', holds: false, left: 300 },
        { name: 'calm' },
      ],
    });
  });

  it('remembers who took over, which everybody who is asked about the centre can read', async () => {
    const { executionId } = await fire('quick');
    const at = new Date(api.clock.now() - 10).toISOString();
    expect(api.target.writes).toMatchObject([{ value: 'b' }]);
    expect(await get('/api/v1/centers')).toMatchObject({
      items: [
        { id: 'a', inService: false, by: [executionId], since: at },
        { id: 'b', inService: true, provenAt: at },
        { id: 'c', inService: true },
      ],
    });
  });

  it('shows the approver the table of scores, and so does everything else that tells of the execution', async () => {
    conditions['b'] = { health: 0.1, load: 1, at: api.clock.now() };
    conditions['c'] = { health: 1, load: 0, at: api.clock.now() };
    const choice = {
      insteadOf: 'a',
      chosen: 'c',
      service: 'shop',
      at: new Date(api.clock.now()).toISOString(),
      candidates: [
        { center: 'c', score: 0.6, parts: { region: 0, vendor: 0.3, health: 0.2, load: 0.1 }, health: 1, load: 0 },
        {
          center: 'b',
          score: 0.42,
          parts: { region: 0.4, vendor: 0, health: 0.02, load: 0 },
          health: 0.1,
          load: 1,
          latencyMs: 3.2,
        },
        { center: 'a', ruledOut: 'it is the one to be replaced' },
      ],
    };
    const simulated = await api.send('POST', '/api/v1/simulations', 'operator', body('careful'));
    expect(simulated.json.alerts[0].decisions[0]).toMatchObject({ would: 'open', choice });
    const { executionId } = await fire('careful');
    expect(await get(`/api/v1/executions/${executionId}`)).toMatchObject({ phase: 'awaiting-approval', choice });
    expect(await get(`/api/v1/why/${executionId}`)).toMatchObject({
      facts: expect.arrayContaining([
        { about: 'chosen', says: 'c was chosen among the centres of shop to take over from a' },
        {
          about: '',
          says: 'c scores 0.60: region 0, vendor 0.30, health 0.20 (measured 1), load 0.10 (measured 0)',
        },
        { about: '', says: 'a is ruled out: it is the one to be replaced' },
      ]),
    });
    expect((await api.send('GET', `/api/v1/executions/${executionId}/export`, 'viewer')).text).toContain('chosen: c');
  });

  it('I9: nothing is opened when nobody can take over, and each reason is said', async () => {
    conditions['c'] = { health: 1, load: 0, at: api.clock.now() - 12_000 };
    await api.send('POST', '/api/v1/centers/b/serving', 'operator', { serving: false, reason: 'works' });
    const detail =
      'no centre can take over from a for shop: b: out of service (person:operator); ' +
      'c: not asked for 12 s, so that nobody knows how it is';
    const simulated = await api.send('POST', '/api/v1/simulations', 'operator', body('careful'));
    expect(simulated.json.alerts[0].decisions[0]).toMatchObject({ would: 'suppress', because: 'capacity', detail });
    expect(await fire('careful')).toMatchObject({ decision: 'suppressed', because: 'capacity', detail });
    const labels = { alertname: 'CenterDown', service: 'shop', center: 'a' };
    const started = await api.send('POST', '/api/v1/runbooks/careful/executions', 'operator', { labels });
    expect([started.status, started.json.detail]).toEqual([
      409,
      expect.stringContaining('capacity: no centre can take over from a for shop: b: out of service'),
    ]);
  });

  it('I9: a plan that was agreed to is not begun when the chosen centre is out of service since', async () => {
    const { executionId } = await fire('careful');
    await api.send('POST', '/api/v1/centers/b/serving', 'operator', { serving: false, reason: 'works' });
    const shown = await api.send('GET', `/api/v1/executions/${executionId}`, 'viewer');
    const { digest } = shown.json.plan;
    await api.send('POST', `/api/v1/executions/${executionId}/approve`, 'approver', { digest });
    await api.clock.pass(5_000);
    expect(api.target.writes).toEqual([]);
    expect(await get(`/api/v1/why/${executionId}`)).toMatchObject({
      answer: expect.stringContaining('b was chosen to take over, and is out of service since (person:operator)'),
    });
  });
});
