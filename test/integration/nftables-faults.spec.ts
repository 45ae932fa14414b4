import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import { failure } from '../rig/failure.js';
import { installed } from '../rig/installed.js';
import { namespacesWork } from '../rig/namespaces.js';
import { plainCall } from '../rig/plain-call.js';
import { FIRST, isolating, startFirewall, type Differs, type Fault, type RigFirewall } from './nftables-kit.js';

const alert = { fingerprint: 'ab12', labels: {}, annotations: {} };

describe.skipIf(!(await namespacesWork()))('isolating an endpoint through', () => {
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

  describe('an nft that', () => {
    const cases: [Fault, string, boolean, RegExp][] = [
      ['silent', 'timed-out', true, /nft of edge did not end within 400 ms/],
      ['rubbish', 'not-understood', true, /edge: nft answered something that is no set/],
      [
        'no-rights',
        'refused-credentials',
        false,
        /edge: nft may not list the set isolated4: .*[Oo]peration not permitted/,
      ],
    ];
    it.each(cases)('is "%s" is an error, and nothing is changed', async (fault, code, again, message) => {
      const action = anAction();
      const before = await planned(action);
      firewall.fail(fault);
      for (const verb of ['check', 'plan'] as const)
        expect(await failure(action[verb](plainCall(), FIRST))).toMatchObject({ code, again, message });
      for (const verb of ['apply', 'verify', 'revert'] as const)
        expect(await failure(action[verb](plainCall(), FIRST, before))).toMatchObject({ code, again, message });
      firewall.fail('none');
      expect(await addresses()).toEqual([]);
    });

    it('I4: loses its answer has had one effect, which the next attempt finds', async () => {
      const action = anAction();
      const before = await planned(action);
      firewall.fail('answer-lost');
      expect(await failure(action.apply(plainCall(), FIRST, before))).toMatchObject({ code: 'timed-out', again: true });
      firewall.fail('none');
      const was = await firewall.elements();
      expect(was).toHaveLength(1);
      expect(await action.verify(plainCall(), FIRST, before)).toEqual({ took: true });
      await action.apply(plainCall(), FIRST, before);
      expect(await firewall.elements()).toEqual(was);
      firewall.fail('answer-lost');
      expect(await failure(action.revert(plainCall(), FIRST, before))).toMatchObject({ code: 'timed-out' });
      firewall.fail('none');
      await action.revert(plainCall(), FIRST, before);
      expect(await addresses()).toEqual([]);
    });

    it('is not installed is an error that says so', async () => {
      const edge = { command: ['/no/such/nft'] };
      expect(await failure(planned(anAction({ edge })))).toMatchObject({
        code: 'not-runnable',
        again: false,
        message: "nft of edge can't be run: ENOENT for /no/such/nft",
      });
    });

    it('is of a namespace that has gone is an error', async () => {
      const edge = { command: [installed('ip'), 'netns', 'exec', 'gone', 'nft'] };
      expect(await failure(planned(anAction({ edge })))).toMatchObject({ code: 'unknown-name' });
    });
  });

  describe('a set that', () => {
    it.each([
      ['ranges', 'unfit-set', /must be one of single addresses that go away/],
      ['lasting', 'unfit-set', /flags timeout/],
      ['isolated6', 'unfit-set', /type ipv4_addr/],
      ['absent', 'unknown-name', /nft can't list the set absent, it is not there/],
    ])('is "%s" is refused', async (ipv4, code, message) => {
      const action = anAction({ edge: { sets: { ipv4 } } });
      expect(await failure(planned(action))).toMatchObject({ code, again: false, message });
    });

    it('is full is an error, and nothing is changed', async () => {
      const edge = { sets: { ipv4: 'small' } };
      await firewall.nft('add element inet firebreak small { 10.99.0.9 timeout 1h }');
      const before = await planned(anAction({ edge }));
      expect(await failure(anAction({ edge }).apply(plainCall(), FIRST, before))).toMatchObject({
        code: 'refused-by-target',
      });
      expect(await firewall.elements('small')).toHaveLength(1);
    });
  });
});
