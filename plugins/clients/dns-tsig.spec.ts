import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CLASS, OPCODE, readMessage, TYPE, writeMessage } from './dns-message.js';
import { wireOf } from './dns-name.js';
import { signed, TSIG_ALGORITHMS, tsigKey, verified, type TsigKey } from './dns-tsig.js';

const NOW = 1_700_000_000;
const secret = randomBytes(32);
const key = tsigKey('firebreak', 'hmac-sha256', secret.toString('base64'));
const message = writeMessage({
  id: 4711,
  opcode: OPCODE.QUERY,
  question: { name: 'orders.example.test', type: TYPE.A, class: CLASS.IN },
});
const request = signed(message, key, NOW);

/** What a server makes of the same message: the signature covers the request's, as RFC 8945 5.3 wants it. */
function answerOf(by: TsigKey = key, at = NOW, requestMac = request.mac): Buffer {
  const [size, time] = [Buffer.alloc(2), Buffer.alloc(8)];
  size.writeUInt16BE(requestMac.length);
  time.writeUIntBE(at, 0, 6);
  time.writeUInt16BE(300, 6);
  const classAndTtl = Buffer.from('00ff00000000', 'hex');
  const covered = [
    size,
    requestMac,
    message,
    wireOf(by.name),
    classAndTtl,
    wireOf(by.algorithm),
    time,
    Buffer.alloc(4),
  ];
  const mac = createHmac(by.algorithm.slice(5), by.secret).update(Buffer.concat(covered)).digest();
  const whole = signed(message, by, at);
  mac.copy(whole.message, whole.message.indexOf(whole.mac));
  return whole.message;
}

const check = (bytes: Buffer, by: TsigKey = key, now = NOW) =>
  verified({ bytes, answer: readMessage(bytes) }, by, request.mac, now);

describe('the signature of an answer', () => {
  it.each(TSIG_ALGORITHMS)('with %s is believed when it is right', (algorithm) => {
    const one = tsigKey('firebreak', algorithm, secret.toString('base64'));
    expect(check(answerOf(one), one)).toEqual({ error: 0 });
  });

  it.each([
    ['over another request', answerOf(key, NOW, randomBytes(32)), 'its signature is wrong'],
    ['with another secret', answerOf(tsigKey('firebreak', 'hmac-sha256', 'A'.repeat(43))), 'its signature is wrong'],
    ['with another key', answerOf(tsigKey('other', 'hmac-sha256', secret.toString('base64'))), 'with another key'],
    ['with another algorithm', answerOf(tsigKey('firebreak', 'hmac-sha512', secret.toString('base64'))), 'another key'],
    ['that is not there', message, 'it is not signed'],
    ['that is the one of the request', request.message, 'its signature is wrong'],
    ['of long ago', answerOf(key, NOW - 301), 'it was signed 301 s from now'],
    ['of the future', answerOf(key, NOW + 301), 'it was signed 301 s from now'],
  ])('%s is not believed', (_, bytes, words) => {
    expect(() => check(bytes)).toThrow(words);
  });

  it('covers every bit of the message; the id is compared with that of the request', () => {
    const sound = answerOf();
    for (let bit = 16; bit < message.length * 8; bit += 1) {
      const changed = Buffer.from(sound);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => check(changed), `bit ${bit}`).toThrow();
    }
  });

  it('must be whole', () => {
    const sound = answerOf();
    for (let length = message.length; length < sound.length; length += 1) {
      expect(() => check(sound.subarray(0, length)), `${length} bytes`).toThrow();
    }
  });
});

it('the secret of a key is not printed, in no form', () => {
  const printed = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
  for (const form of ['base64', 'hex', 'latin1'] as const) expect(printed).not.toContain(secret.toString(form));
});
