import { describe, expect, it } from 'vitest';
import type { CenterCondition } from '../../src/core/affinity.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { withMethods } from '../../src/testing/with-methods.js';
import { smallFirebreak } from './small-firebreak.js';
import { watchedFirebreak } from './watched-firebreak.js';

const MINUTE = 60_000;

const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { eu: {} }
centers:
  a: { region: eu, vendor: x, role: active, capacity: 1 }
  b: { region: eu, vendor: x, role: active, capacity: 1 }
  c: { region: eu, vendor: x, role: active, capacity: 1 }
assertions:
  - { name: one-serves, minServing: 1 }
  - { name: calm, antiFlap: 10m }
`;

/** Takes the centre out that the alert names, and has another one chosen. */
const runbook = (name: string, alertname: string, more = ''): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Cut over, owner: team-test }
spec:
  match: ['alertname="${alertname}"']
  target: 'traffic/{{labels.service}}'
  mode: auto
  guards: { cooldown: 0s, storm: off }
  chooseCenter: { insteadOf: '{{labels.center}}' }
  serving: { out: '{{labels.center}}', in: '{{topology.chosen.id}}' }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{labels.service}}', value: '{{topology.chosen.id}}' } }]
  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 2, unhealthy: 2, within: 30s }
${more}`;

const down = (center: string, alertname = 'CenterDown') => ({ labels: { alertname, center, service: 'shop' } });

describe('a centre that was moved', () => {
  it('I9: is left alone for a while: who flaps is not followed to and fro', async () => {
    const { world, post, simulate } = await smallFirebreak({
      topology: TOPOLOGY,
      runbooks: { move: runbook('move', 'CenterDown') },
    });
    await post(down('a'));
    await world.pass(5_000);
    expect(world.target.values.get('shop')).toBe('b');
    const [refused] = (await post(down('b'))).alerts[0]?.decisions ?? [];
    expect(refused).toMatchObject({ decision: 'suppressed', because: 'capacity' });
    expect(refused?.detail).toMatch(
      /^assertion calm: b was brought in at \S+ by x\S+, and is not moved back for another 9 min 5\d s$/,
    );
    expect((await simulate(down('b')))[0]?.decisions).toMatchObject([{ would: 'suppress', detail: refused?.detail }]);
    await world.pass(10 * MINUTE);
    expect((await post(down('b'))).alerts[0]?.decisions).toMatchObject([{ decision: 'opened' }]);
    await world.pass(5_000);
    // a is out of service since, so that c takes over
    expect(world.target.values.get('shop')).toBe('c');
  });

  it('may be moved again by the next rung of the same ladder', async () => {
    const { world, post } = await watchedFirebreak({
      topology: TOPOLOGY,
      runbooks: { move: runbook('move', 'CenterDown', '  escalate: harder\n'), harder: runbook('harder', 'Never') },
    });
    world.target.measurement = { status: 'unhealthy', detail: 'still down' };
    await post(down('a'));
    await world.pass(20_000);
    const { items } = await world.store.list({ limit: 10 });
    expect(items.map(({ runbook: name }) => name)).toEqual(['harder', 'move']);
    expect(world.target.writes.map(({ verb }) => verb)).toEqual(['apply', 'revert', 'apply', 'revert']);
    const refused = (await post({ ...down('a'), labels: { ...down('a').labels, service: 'pay' } })).alerts[0];
    expect(refused?.decisions).toMatchObject([{ because: 'capacity', detail: expect.stringContaining('calm: a was') }]);
  });

  it('is chosen by the conditions of that moment, and by who is out of service then', async () => {
    const conditions: Record<string, CenterCondition> = {};
    const made = { topology: TOPOLOGY, runbooks: { move: runbook('move', 'CenterDown') }, conditions };
    const { world, simulate } = await smallFirebreak(made);
    const chosen = async () => {
      const [decision] = (await simulate(down('a')))[0]?.decisions ?? [];
      return decision?.choice?.chosen ?? decision?.detail;
    };
    expect(await chosen()).toBe('b');
    conditions['c'] = { health: 1, load: 0, at: world.clock.now() };
    expect(await chosen()).toBe('c');
    await world.store.governance.setServing('c', false, { by: 'ada' });
    expect(await chosen()).toBe('b');
    conditions['b'] = { health: 1, load: 0, at: world.clock.now() };
    await world.pass(11_000);
    expect(await chosen()).toBe(
      'no centre can take over from a: b: not asked for 11 s, so that nobody knows how it is; c: out of service (person:ada)',
    );
  });

  it('I1: is not chosen while the store cannot say who is out of service: the webhook is to be sent again', async () => {
    const away = async (): Promise<never> => {
      throw new Error('Redis is away');
    };
    const { post, world } = await smallFirebreak({
      topology: TOPOLOGY,
      runbooks: { move: runbook('move', 'CenterDown') },
      between: (store) =>
        withMethods<ExecutionStore>(store, {
          governance: withMethods(store.governance, { outOfService: away }),
        }),
    });
    await expect(post(down('a'))).rejects.toMatchObject({ code: 'store-unavailable', detail: 'Redis is away' });
    expect((await world.store.list({ limit: 1 })).items).toEqual([]);
  });
});
