import { describe, expect, it } from 'vitest';
import { DnsServer } from '../../plugins/clients/dns-server.js';
import { signed, tsigKey } from '../../plugins/clients/dns-tsig.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { bindKey } from '../rig/bind.js';
import type { Meddling } from '../rig/middle.js';
import {
  action,
  bind,
  call,
  failure,
  isUpdate,
  key,
  lines,
  middle,
  NAME,
  NEW,
  OLD,
  params,
  valuesNow,
  ZONE,
  useDns,
} from './dns-kit.js';

useDns();

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
