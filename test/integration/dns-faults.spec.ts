import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DnsServer } from '../../plugins/clients/dns-server.js';
import { signed, tsigKey } from '../../plugins/clients/dns-tsig.js';
import plugin from '../../plugins/cut-over-center/index.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../src/plugin-sdk/plugin.js';
import { bindKey, startBind, type RigBind } from '../rig/bind.js';
import { startMiddle, type Meddling, type Middle } from '../rig/middle.js';
import { waitFor } from '../rig/wait-for.js';

const ZONE = 'example.test';
const NAME = `orders.${ZONE}`;
const OLD = ['192.0.2.1'];
const NEW = ['192.0.2.2'];
const params = { server: 'main', name: NAME, type: 'A', values: NEW, ttl: 20 };
const key = bindKey();

let bind: RigBind;
let middle: Middle;
const lines: string[] = [];
const log = {
  info: (message: string, fields?: Json) => void lines.push(`info ${message} ${JSON.stringify(fields)}`),
  warn: (message: string, fields?: Json) => void lines.push(`warn ${message} ${JSON.stringify(fields)}`),
};

beforeAll(async () => {
  bind = await startBind({
    zone: ZONE,
    key,
    records: [
      '*.wild 60 IN A 192.0.2.77',
      'alias 60 IN CNAME orders',
      'lent 60 IN NS ns.elsewhere.test.',
      '@ 60 IN A 192.0.2.80',
    ],
    further: (folder) => {
      const text =
        '$TTL 60\n@ IN SOA ns admin 1 60 60 60 60\n@ IN NS ns\nns IN A 192.0.2.1\norders 300 IN A 192.0.2.1\n';
      for (const name of ['still.db', 'inline.db', 'signed.db']) writeFileSync(join(folder, name), text);
      const update = `allow-update { key "${key.name}"; };`;
      const sign = `dnssec-policy default; key-directory "${folder}";`;
      return [
        'zone "still.test" { type primary; file "still.db"; };',
        `zone "signed.test" { type primary; file "signed.db"; ${update} ${sign} };`,
        `zone "inline.test" { type primary; file "inline.db"; ${update} ${sign} inline-signing yes; };`,
      ];
    },
  });
  middle = await startMiddle(bind.address);
});
afterAll(async () => {
  await middle?.stop();
  await bind?.stop();
});
beforeEach(async () => {
  await bind.put(NAME, 'A', OLD, 300);
  lines.length = 0;
});
afterEach(() => middle.meddle({}));

function call(differs: Partial<BareEffectCall & BarePlanCall> = {}): BareEffectCall & BarePlanCall {
  const signal = new AbortController().signal;
  return { key: 'k', epoch: 1, earlier: [], signal, log, fence: async () => {}, ...differs };
}

type Differs = Readonly<Record<string, unknown>>;

/** The action with one server, through the middle unless told. */
function action(differs: Differs = {}, timeout = '1500ms'): Action {
  const main = { address: `127.0.0.1:${middle.port}`, zone: ZONE, key, ...differs };
  const dns = { servers: { main }, timeout };
  return plugin.instantiate({ dns }, log).provided.actions!['dns']!;
}

const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );
const valuesNow = async () => (await bind.lookUp(NAME, 'A')).map(([address]) => address);
const isUpdate = (piece: Buffer) => ((piece.readUInt16BE(4) >> 11) & 15) === 5;

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
      5_000,
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
    await waitFor('the change', async () => (await dns.verify(call(), own('inline.test'), before)).took, 5_000);
  });
});

describe('somebody in the middle', () => {
  const other = { ...bindKey(), name: key.name };
  const forged: [string, Meddling][] = [
    ['answers without a signature', (piece) => withoutSignature(piece)],
    ['signs with another secret', (piece) => signedBy(withoutSignature(piece), other)],
    ['signs with a key of another name', (piece) => signedBy(withoutSignature(piece), { ...key, name: 'other' })],
    [
      'signs rightly, but not as the answer to this request',
      (piece) => signedBy(withoutSignature(piece), key), // as somebody who got hold of an answer to another one
    ],
    [
      'changes one bit of the answer',
      (piece) => {
        const changed = Buffer.from(piece);
        changed[5] = (changed[5] ?? 0) ^ 0x20;
        return changed;
      },
    ],
  ];

  it.each(forged)('who %s is not believed', async (_, meddling) => {
    const { before } = await action().plan(call(), params);
    // Reading, the first thing that is done:
    middle.meddle({ answer: meddling });
    expect(await failure(action().apply(call(), params, before))).toMatchObject({
      code: 'answer-not-trusted',
      again: true,
    });
    expect(await failure(action().verify(call(), params, before))).toMatchObject({ code: 'answer-not-trusted' });
    // And writing: the update is swallowed, and a success is made up.
    middle.meddle({ request: (piece) => (isUpdate(piece) ? Buffer.from([0, 0]) : piece) });
    expect(await failure(action().apply(call(), params, before))).toBeDefined();
    expect(await valuesNow()).toEqual(OLD);
  });

  it('could make up everything for a client that checks no signature', async () => {
    middle.meddle({ answer: (piece) => withoutSignature(piece) });
    const blind = action({ key: undefined, unsigned: true });
    expect(await blind.check(call(), params)).toEqual({ needed: true });
  });

  it('can make no success of a refusal', async () => {
    const wrong = action({ key: other });
    middle.meddle({
      answer: (piece) => {
        const changed = Buffer.from(piece);
        changed[5] = (changed[5] ?? 0) & 0xf0; // NOERROR
        return changed;
      },
    });
    expect((await failure(wrong.plan(call(), params))).code).toBe('bad-key');
  });
});

describe('what goes wrong under way', () => {
  it('I4: a lost answer is one effect, and the next attempt ends as done', async () => {
    const { before } = await action().plan(call(), params);
    const serial = await bind.serial();
    middle.meddle({ answer: (piece) => (isUpdate(piece) ? undefined : piece) });
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    expect(await action().verify(call(), params, before)).toEqual({ took: true });
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await bind.serial()).toBe(serial + 1);
  });

  const late = async (dns: Action): Promise<string[]> => {
    const { before } = await dns.plan(call(), params);
    let release: (() => void) | undefined;
    let first = true;
    middle.meddle({
      request: async (piece) => {
        if (!isUpdate(piece) || !first) return piece;
        first = false;
        await new Promise<void>((resolve) => (release = resolve));
        return piece;
      },
    });
    // The client gives up, but its update is still under way.
    expect((await failure(dns.apply(call(), params, before))).code).toBe('timed-out');
    await dns.apply(call(), params, before);
    await dns.revert(call(), params, before);
    expect(await valuesNow()).toEqual(OLD);
    const answered = new Promise<void>((resolve) => {
      middle.meddle({ answer: (piece) => (resolve(), piece) });
    });
    release?.();
    await answered;
    return valuesNow();
  };

  it('I6: an update that arrives after its revert has no effect', async () => {
    expect(await late(action())).toEqual(OLD);
  });

  it('comparing the values alone would let it have one', async () => {
    expect(await late(action({ compareSerial: false }))).toEqual(NEW);
  });

  it('a server that is killed in the middle has made the change or not, and the next attempt finds out', async () => {
    const { before } = await action().plan(call(), params);
    const serial = await bind.serial();
    middle.meddle({
      answer: async (piece) => {
        if (!isUpdate(piece)) return piece;
        await bind.kill();
        return undefined;
      },
    });
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ again: true });
    middle.meddle({});
    expect(await failure(action().verify(call(), params, before))).toMatchObject({ again: true });
    await bind.restart();
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await valuesNow()).toEqual(NEW);
    expect(await bind.serial()).toBe(serial + 1);
  });

  it('a server that stands still has made the change or not by the time it goes on, once', async () => {
    const { before } = await action().plan(call(), params);
    const serial = await bind.serial();
    const fence = async () => bind.process().signal('SIGSTOP');
    expect(await failure(action().apply(call({ fence }), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    expect(await failure(action().verify(call(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    bind.process().signal('SIGCONT');
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await action().verify(call(), params, before)).toEqual({ took: true });
    expect(await bind.serial()).toBe(serial + 1);
  });

  it('a server that is not there is unreachable', async () => {
    const gone = action({ address: '127.0.0.1:1' });
    expect(await failure(gone.check(call(), params))).toMatchObject({ code: 'target-unreachable', again: true });
  });

  it.each([
    [3_600_000, 'its clock is 3600 s behind ours'],
    [-3_600_000, 'its clock is 3600 s ahead of ours'],
  ])('clocks that are %i ms apart are told of', async (apart, words) => {
    const [host = '', port] = bind.address.split(':');
    const { name, algorithm, secret } = key;
    const server = new DnsServer({
      name: 'ns',
      at: { host, port: Number(port) },
      zone: ZONE,
      key: tsigKey(name, algorithm, secret),
      timeoutMs: 1_000,
      now: () => Date.now() + apart,
    });
    const error = await failure(server.version(call().signal));
    expect(error).toMatchObject({ code: 'clock-skew', message: expect.stringContaining(words) });
  });
});

describe('others who change the zone', () => {
  it('a change of this name is not overruled, also if it is of the TTL alone, and not taken back', async () => {
    const { before } = await action().plan(call(), params);
    await bind.put(NAME, 'A', OLD, 299);
    expect(await failure(action().apply(call(), params, before))).toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message: `${NAME} A is 192.0.2.1 (ttl 299), neither 192.0.2.1 (ttl 300) nor 192.0.2.2 (ttl 20): somebody changed it meanwhile`,
    });
    await bind.put(NAME, 'A', OLD, 300);
    await action().apply(call(), params, before);
    await bind.put(NAME, 'A', ['192.0.2.2', '192.0.2.3'], 20);
    expect(await failure(action().revert(call(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
  });

  it.each([
    ['the addresses', (): Promise<void> => bind.put(NAME, 'A', ['192.0.2.9'], 300)],
    ['the TTL', (): Promise<void> => bind.put(NAME, 'A', OLD, 299)],
  ])('a change of %s between the look and the write is noticed by the server', async (_, meanwhile) => {
    const { before } = await action().plan(call(), params);
    const serial = await bind.serial();
    expect(await failure(action().apply(call({ fence: meanwhile }), params, before))).toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await bind.serial()).toBe(serial + 1);
  });

  it('a change of another name only costs another look', async () => {
    const { before } = await action().plan(call(), params);
    let fences = 0;
    const fence = async () => {
      fences += 1;
      if (fences < 3) await bind.put(`other.${ZONE}`, 'A', [`192.0.2.${fences}`], 60);
    };
    await action().apply(call({ fence }), params, before);
    expect(fences).toBe(3);
    const always = () => bind.put(`other.${ZONE}`, 'A', [`198.51.100.${(fences += 1)}`], 60);
    const busy = await failure(action().revert(call({ fence: always }), params, before));
    expect(busy).toMatchObject({ code: 'zone-busy', again: true });
  });

  it('at the same moment as twenty changes of other names all of them are made', async () => {
    const dns = action({}, '10s');
    const names = Array.from({ length: 20 }, (_, index) => ({ ...params, name: `service-${index}.${ZONE}` }));
    const start = performance.now();
    await Promise.all(names.map(async (one) => dns.apply(call(), one, (await dns.plan(call(), one)).before)));
    console.log(`20 names of one zone changed at once: ${(performance.now() - start).toFixed(0)} ms`);
    for (const one of names) expect(await bind.lookUp(one.name, 'A')).toEqual([['192.0.2.2', 20]]);
  });

  it('of two opposite changes at the same moment one is made, and the other told', async () => {
    const dns = action();
    const { before } = await dns.plan(call(), params);
    const other = { ...params, values: ['192.0.2.3'] };
    const ended = await Promise.allSettled([dns.apply(call(), params, before), dns.apply(call(), other, before)]);
    expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const [lost] = ended.filter((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'changed-meanwhile', again: false });
  });

  it('the serial of the zone rises with each change, which is told', async () => {
    const { before } = await action().plan(call(), params);
    const serial = await bind.serial();
    await action().apply(call(), params, before);
    expect(lines.at(-1)).toContain(`"serialBefore":${serial},"serial":${serial + 1}`);
  });
});

/** Takes the signature off an answer, which is its last record, of a known length. */
function withoutSignature(piece: Buffer): Buffer {
  const message = piece.subarray(2);
  const at = message.lastIndexOf(Buffer.concat([Buffer.of(key.name.length), Buffer.from(key.name), Buffer.of(0)]));
  const bare = Buffer.from(at < 0 ? message : message.subarray(0, at));
  if (at >= 0) bare.writeUInt16BE(bare.readUInt16BE(10) - 1, 10);
  return framed(bare);
}

function signedBy(piece: Buffer, by: typeof key): Buffer {
  const { message } = signed(
    piece.subarray(2),
    tsigKey(by.name, by.algorithm, by.secret),
    Math.floor(Date.now() / 1_000),
  );
  return framed(message);
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
