import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import { failure } from '../rig/failure.js';
import { namespacesWork } from '../rig/namespaces.js';
import { plainCall } from '../rig/plain-call.js';
import { FIRST, isolating, startFirewall, type Differs, type RigFirewall } from './nftables-kit.js';

const alert = { fingerprint: 'ab12', labels: {}, annotations: {} };
const SET = 'inet firebreak isolated4';

describe.skipIf(!(await namespacesWork()))('isolating an endpoint', () => {
  let firewall: RigFirewall;
  beforeAll(async () => {
    firewall = await startFirewall();
  });
  afterAll(() => firewall?.stop());
  beforeEach(() => firewall.flush());
  afterEach(() => firewall.fail('none'));

  const anAction = (differs: Differs = {}) => isolating(firewall, differs);
  const addresses = async () => (await firewall.elements()).map((one) => one.address);
  const planned = async (action = anAction(), params: Json = FIRST) =>
    (await action.plan(plainCall({ alert }), params)).before;
  const add = (address: string) => firewall.nft(`add element ${SET} { ${address} timeout 5m comment "by hand" }`);

  it('says what it will do, for how long, and what is left', async () => {
    const { summary, changes, facts } = await anAction().plan(plainCall(), { endpoint: '10.99.0.1:9100', for: '90s' });
    expect(summary).toBe('edge: isolate 10.99.0.1 of the pool shop for 1 min 30 s');
    expect(changes).toEqual([
      { resource: 'nftables/edge/10.99.0.1', attribute: 'state', from: 'reachable', to: 'isolated' },
      { resource: 'nftables/edge/10.99.0.1', attribute: 'for', from: null, to: '1 min 30 s' },
    ]);
    expect(facts).toEqual({ 'left in the pool': '2 of shop, which needs 1' });
  });

  it('goes away by itself, and taking back what has gone does nothing', async () => {
    const action = anAction();
    const params = { ...FIRST, for: '1s' };
    const before = await planned(action, params);
    await action.apply(plainCall(), params, before);
    await expect.poll(addresses, { timeout: 30_000 }).toEqual([]);
    const writes = firewall.writes();
    expect(await action.revert(plainCall(), params, before)).toEqual({ done: true });
    expect(firewall.writes()).toBe(writes);
    expect(await action.verify(plainCall(), params, before)).toMatchObject({ took: false });
  });

  describe('I9: the last healthy endpoint', () => {
    it('is not cut, neither by plan nor by apply', async () => {
      const before = await planned();
      await add('10.99.0.2');
      expect(await planned()).toEqual(before);
      await add('10.99.0.3');
      const expected = { code: 'no-server-left', again: false, message: /only 0 of the pool shop.*2 isolated already/ };
      expect(await failure(planned())).toMatchObject(expected);
      expect(await failure(anAction().apply(plainCall(), FIRST, before))).toMatchObject(expected);
      expect(await addresses()).toEqual(['10.99.0.2', '10.99.0.3']);
    });

    it('is not cut when somebody isolates the others between the last look and the write', async () => {
      const before = await planned();
      const writes = firewall.writes();
      firewall.fail('rival', '10.99.0.2 10.99.0.3');
      const error = await failure(anAction().apply(plainCall(), FIRST, before));
      expect(error).toMatchObject({ code: 'no-server-left' });
      // The one write that came too late had no effect at all: nftables refused it as a whole.
      expect(firewall.writes() - writes).toBe(1);
      expect(await addresses()).toEqual(['10.99.0.2', '10.99.0.3']);
    });

    it('is looked for anew when somebody isolates one of several others', async () => {
      const before = await planned();
      firewall.fail('rival', '10.99.0.2');
      await anAction().apply(plainCall(), FIRST, before);
      expect(await addresses()).toEqual(['10.99.0.1', '10.99.0.2']);
    });

    it('counts what earlier steps of the same plan will have isolated', async () => {
      const earlier = ['2', '3'].map((last) => ({
        resource: `nftables/edge/10.99.0.${last}`,
        attribute: 'state',
        from: 'reachable',
        to: 'isolated',
      }));
      const [one] = earlier;
      expect(await anAction().plan(plainCall({ earlier: [one!] }), FIRST)).toMatchObject({ before: { was: null } });
      expect(await failure(anAction().plan(plainCall({ earlier }), FIRST))).toMatchObject({ code: 'no-server-left' });
    });

    it('counts only those that answer, where the pool says where they are to be asked', async () => {
      const nobody = (last: number) => firewall.network.place('lb').host.replace(/\d+$/, `${last}`);
      const action = anAction({
        pool: { addresses: ['10.99.0.1', nobody(201)], health: { port: 80, timeout: '50ms' } },
      });
      expect(await failure(planned(action))).toMatchObject({
        code: 'no-server-left',
        message: /1 without an answer\); bring one back first/,
      });
    });
  });

  describe("somebody else's element", () => {
    it('that isolates the endpoint already is left alone, also when this is taken back', async () => {
      await add('10.99.0.1');
      const action = anAction();
      expect(await action.check(plainCall(), FIRST)).toEqual({
        needed: false,
        because: expect.stringMatching(/^10\.99\.0\.1 is isolated already, for 4 min \d+ s more \("by hand"\)$/),
      });
      const before = await planned(action);
      const was = await firewall.elements();
      await action.apply(plainCall(), FIRST, before);
      expect(await action.verify(plainCall(), FIRST, before)).toEqual({ took: true });
      await action.revert(plainCall(), FIRST, before);
      expect(await firewall.elements()).toEqual(was);
    });

    it('that came after the plan is neither overruled nor taken for ours', async () => {
      const action = anAction();
      const before = await planned(action);
      await add('10.99.0.1');
      expect(await failure(action.apply(plainCall(), FIRST, before))).toMatchObject({
        code: 'changed-meanwhile',
        again: false,
      });
      expect(await action.verify(plainCall(), FIRST, before)).toMatchObject({
        took: false,
        detail: /by somebody else/,
      });
      await action.revert(plainCall(), FIRST, before);
      expect(await addresses()).toEqual(['10.99.0.1']);
    });

    it('that comes right before the write wins', async () => {
      const before = await planned();
      firewall.fail('rival', '10.99.0.1');
      expect(await failure(anAction().apply(plainCall(), FIRST, before))).toMatchObject({ code: 'changed-meanwhile' });
      expect(await firewall.elements()).toEqual([{ address: '10.99.0.1', timeout: 300, comment: 'a rival' }]);
    });

    it('that replaced ours is not taken away', async () => {
      const action = anAction();
      const before = await planned(action);
      await action.apply(plainCall(), FIRST, before);
      await firewall.flush();
      await add('10.99.0.1');
      await action.revert(plainCall(), FIRST, before);
      expect(await addresses()).toEqual(['10.99.0.1']);
    });
  });

  it('S6: never takes an address of this machine, of a pool of none, or one listed under never', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find((one) => !one.internal && one.family === 'IPv4');
    expect(own).toBeDefined();
    const pool = { cidr: `${own!.address}/28`, health: { port: 1 } };
    expect(await failure(planned(anAction({ pool }), { endpoint: own!.address }))).toMatchObject({
      code: 'never-isolated',
      message: /an address of Firebreak's own machine/,
    });
    const net = { cidr: '10.99.0.0/24', health: { port: 1 } };
    const guarded = anAction({ pool: net, rest: { never: ['10.99.0.254', '10.99.0.64/28'] } });
    for (const endpoint of ['10.99.0.254', '10.99.0.70'])
      expect(await failure(planned(guarded, { endpoint }))).toMatchObject({ code: 'never-isolated', again: false });
    for (const endpoint of ['10.99.0.0', '10.99.0.255', '10.99.1.1'])
      expect(guarded.params.safeParse({ endpoint }).success).toBe(false);
  });
});
