import { describe, expect, it } from 'vitest';
import { bindKey } from '../rig/bind.js';
import { waitFor } from '../rig/wait-for.js';
import {
  action,
  type Differs,
  bind,
  call,
  failure,
  key,
  NAME,
  NEW,
  OLD,
  params,
  valuesNow,
  ZONE,
  useDns,
} from './dns-kit.js';

useDns();

describe('the plan', () => {
  it('says what is there and what will be, and how long resolvers may keep the old answer', async () => {
    expect(await action().plan(call(), params)).toEqual({
      summary: `${NAME} A: 192.0.2.1 (ttl 300) -> 192.0.2.2 (ttl 20)`,
      changes: [
        { resource: `dns/main/${NAME}/A`, attribute: 'values', from: OLD, to: NEW },
        { resource: `dns/main/${NAME}/A`, attribute: 'ttl', from: 300, to: 20 },
      ],
      before: { values: OLD, ttl: 300 },
      facts: { resolvers: 'may keep the old answer for up to 300 s' },
    });
  });

  it('keeps the TTL when none is given, and can change the TTL alone', async () => {
    const { ttl: _, ...without } = params;
    const kept = await action().plan(call(), without);
    expect(kept.changes.map((change) => change.attribute)).toEqual(['values']);
    const lower = await action().plan(call(), { ...params, values: OLD });
    expect(lower.changes).toEqual([{ resource: `dns/main/${NAME}/A`, attribute: 'ttl', from: 300, to: 20 }]);
  });

  it('of a new name needs a TTL, and counts how long resolvers remember that there was none', async () => {
    const fresh = { ...params, name: `fresh.${ZONE}` };
    const { ttl: _, ...without } = fresh;
    expect(await failure(action().plan(call(), without))).toMatchObject({ code: 'ttl-needed', again: false });
    const { facts, before } = await action().plan(call(), fresh);
    expect({ facts, before }).toEqual({
      facts: { resolvers: 'may keep the old answer for up to 60 s' },
      before: { values: [], ttl: null },
    });
  });

  it('is the same whatever else changes in the zone, so that an agreement to it holds', async () => {
    const one = await action().plan(call(), params);
    await bind.put(`other.${ZONE}`, 'A', ['192.0.2.9'], 60);
    expect(await action().plan(call(), params)).toEqual(one);
  });

  it('of stages begins where the stage before it ends', async () => {
    const both = { ...params, values: [...OLD, ...NEW] };
    const dns = action();
    const first = await dns.plan(call(), both);
    expect(await dns.check(call({ earlier: first.changes }), params)).toEqual({ needed: true });
    const second = await dns.plan(call({ earlier: first.changes }), params);
    expect(second.before).toEqual({ values: [...OLD, ...NEW], ttl: 20 });
    // Not before its turn:
    expect(await failure(dns.apply(call(), params, second.before))).toMatchObject({ code: 'changed-meanwhile' });
    await dns.apply(call(), both, first.before);
    expect(await valuesNow()).toEqual([...OLD, ...NEW]);
    await dns.apply(call(), params, second.before);
    expect(await valuesNow()).toEqual(NEW);
    await dns.revert(call(), params, second.before);
    await dns.revert(call(), both, first.before);
    expect(await bind.lookUp(NAME, 'A')).toEqual([['192.0.2.1', 300]]);
  });

  it.each([
    ['a wildcard answers for', { ...params, name: `x.wild.${ZONE}` }, {}, 'not-comparable', 'a wildcard answers'],
    ['is an alias', { ...params, name: `alias.${ZONE}` }, {}, 'other-type', 'is an alias (CNAME)'],
    [
      'has addresses, when it is to be an alias',
      { ...params, type: 'CNAME', values: ['a.example.org'] },
      {},
      'not-comparable',
      "others that they can't stand beside",
    ],
    [
      'is handed on to other servers',
      { ...params, name: `x.lent.${ZONE}` },
      {},
      'not-authoritative',
      'hands the name on',
    ],
    [
      'is in a zone without updates',
      { ...params, name: 'a.still.test' },
      { zone: 'still.test' },
      'refused-by-target',
      'REFUSED',
    ],
    [
      'is in a zone that it does not have',
      { ...params, name: 'a.gone.test' },
      { zone: 'gone.test' },
      'refused-by-target',
      'REFUSED',
    ],
    ['may be changed with a key only', params, { key: undefined, unsigned: true }, 'refused-by-target', 'REFUSED'],
    ['belongs to another secret', params, { key: { ...bindKey(), name: key.name } }, 'bad-key', 'BADSIG'],
    ['belongs to another key', params, { key: { ...key, name: 'other' } }, 'bad-key', 'BADKEY'],
    ['belongs to another algorithm', params, { key: { ...key, algorithm: 'hmac-sha512' } }, 'bad-key', 'BADKEY'],
  ] as const)('is refused when the name %s', async (_, given, server, code, words) => {
    const error = await failure(action({ ...server }).plan(call(), { ...given, values: [...given.values] }));
    expect(error).toMatchObject({ code, again: false, message: expect.stringContaining(words) });
  });

  it('allows the zone itself to have addresses', async () => {
    const apex = { ...params, name: ZONE };
    const { before } = await action().plan(call(), apex);
    await action().apply(call(), apex, before);
    expect(await bind.lookUp(ZONE, 'A')).toEqual([['192.0.2.2', 20]]);
    await action().revert(call(), apex, before);
    expect(await bind.serial()).toBeGreaterThan(0); // SOA and NS are still there
  });
});

describe('what the operator allows', () => {
  it.each([
    [{ names: [`billing.${ZONE}`] }, 'must be one of billing.example.test'],
    [{ values: ['192.0.2.1', '192.0.2.9'] }, 'must be among 192.0.2.1, 192.0.2.9'],
  ])('is all that steps may do: %j (S6)', (allowed, words) => {
    const error = action(allowed).params.safeParse(params).error;
    expect(error?.issues.map((issue) => issue.message)).toEqual([words]);
  });

  it.each<[Differs, RegExp]>([
    [{ key: undefined }, /give a key; without one, write unsigned: true/],
    [{ unsigned: true }, /give a key/],
    [{ key: { ...key, secret: 'c2hvcnQ=' } }, /at least 16 bytes/],
    [{ key: { ...key, secret: 'not base64!' } }, /must be base64/],
    [{ key: { ...key, algorithm: 'hmac-md5' } }, /hmac-sha256/],
    [{ address: '/run/named.sock' }, /host:port/],
    [{ zone: '*.example.test' }, /full name/],
  ])('%j is refused when the service starts', (differs, words) => {
    expect(() => action(differs)).toThrow(words);
  });
});

describe('a signed zone', () => {
  const signedAction = (zone: string, differs: Differs = {}) => action({ zone, ...differs });
  const own = (zone: string) => ({ ...params, name: `orders.${zone}` });
  const signs = (zone: string) =>
    waitFor(
      'the signatures',
      () =>
        signedAction(zone)
          .check(call(), own(zone))
          .then(() => true),
      30_000,
    );

  it('is changed as any other', async () => {
    await signs('signed.test');
    const dns = signedAction('signed.test');
    const { before } = await dns.plan(call(), own('signed.test'));
    await dns.apply(call(), own('signed.test'), before);
    expect(await bind.lookUp('orders.signed.test', 'A')).toEqual([['192.0.2.2', 20]]);
  });

  it('that is signed inline shows another serial than it compares: the plan says what to do', async () => {
    await signs('inline.test');
    const error = await failure(signedAction('inline.test').plan(call(), own('inline.test')));
    expect(error).toMatchObject({ code: 'not-comparable', message: expect.stringContaining('compareSerial: false') });
    const dns = signedAction('inline.test', { compareSerial: false });
    const { before } = await dns.plan(call(), own('inline.test'));
    await dns.apply(call(), own('inline.test'), before);
    await waitFor('the change', async () => (await dns.verify(call(), own('inline.test'), before)).took, 30_000);
  });
});
