import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { CLASS, TYPE, writeRecord, type DnsAnswer } from './dns-message.js';
import { readName, wireOf } from './dns-name.js';

/** How messages are signed (RFC 8945), by the names that name servers use. */
export const TSIG_ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;

/** How far the clocks of both sides may be apart, in seconds: what the RFC recommends. */
const FUDGE = 300;
const ARCOUNT = 10;
const BADTIME = 18;

/** A key that both sides share; the secret can't be printed. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: (typeof TSIG_ALGORITHMS)[number];
  readonly secret: KeyObject;
}

/** What a server says about the signature of a request. */
export interface TsigRemark {
  /** 0, or one of BADSIG (16), BADKEY (17), BADTIME (18) and others. */
  readonly error: number;
  /** With BADTIME: seconds by which the server's clock is ahead of ours. */
  readonly aheadBy?: number;
}

/** Makes a key of what stands in a configuration. */
export function tsigKey(name: string, algorithm: TsigKey['algorithm'], base64: string): TsigKey {
  return { name, algorithm, secret: createSecretKey(base64, 'base64') };
}

/**
 * Signs a message.
 *
 * @param now seconds since 1970
 * @returns the message with its signature, and the signature alone, which the answer's signature covers as well
 */
export function signed(message: Buffer, key: TsigKey, now: number): { readonly message: Buffer; readonly mac: Buffer } {
  const time = timeBytes(now, FUDGE);
  const mac = macOf(key, [message, variables(key, time, Buffer.alloc(4))]);
  const data = Buffer.concat([
    wireOf(key.algorithm),
    time,
    sized(mac),
    message.subarray(0, 2), // the original id
    Buffer.alloc(4), // no error, nothing else
  ]);
  const record = writeRecord({ name: key.name, type: TYPE.TSIG, class: CLASS.ANY, ttl: 0, data });
  return { message: Buffer.concat([withCount(message, 1), record]), mac };
}

/**
 * Checks that an answer was signed with the key, as the answer to that request, and now.
 *
 * @param bytes the answer as it came
 * @param answer the same, read
 * @param requestMac what `signed` gave
 * @param now seconds since 1970
 * @returns what the server thinks of our signature; of BADKEY and BADSIG there is no proof, because it can't sign then
 * @throws PluginError `answer-not-trusted` when anything is not as it must be: then the answer says nothing
 */
export function verified(
  { bytes, answer }: { readonly bytes: Buffer; readonly answer: DnsAnswer },
  key: TsigKey,
  requestMac: Buffer,
  now: number,
): TsigRemark {
  const record = answer.additionals.at(-1);
  if (record?.type !== TYPE.TSIG || answer.lastRecordAt === undefined) throw notTrusted('it is not signed');
  const { algorithm, time, mac, originalId, rest } = readSignature(record.data);
  const error = rest.readUInt16BE(0);
  if (mac.length === 0 && error !== 0) return { error };
  if (record.name !== key.name || algorithm !== key.algorithm) throw notTrusted('it is signed with another key');
  const stripped = withCount(bytes.subarray(0, answer.lastRecordAt), -1);
  originalId.copy(stripped);
  const expected = macOf(key, [sized(requestMac), stripped, variables(key, time, rest)]);
  // Shorter signatures are allowed by the RFC, and needed by nobody.
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) throw notTrusted('its signature is wrong');
  if (error === BADTIME && rest.length >= 10) return { error, aheadBy: rest.readUIntBE(4, 6) - now };
  const age = Math.abs(now - time.readUIntBE(0, 6));
  if (age > FUDGE) throw notTrusted(`it was signed ${age} s from now`);
  return { error };
}

function readSignature(data: Buffer) {
  const { text: algorithm, next } = readName(data, 0);
  const macAt = next + 10;
  const macEnd = macAt + data.readUInt16BE(next + 8);
  const [mac, originalId, rest] = [
    data.subarray(macAt, macEnd),
    data.subarray(macEnd, macEnd + 2),
    data.subarray(macEnd + 2),
  ];
  if (rest.length < 4 || rest.length !== 4 + rest.readUInt16BE(2)) throw new RangeError('a signature is cut off');
  return { algorithm, time: data.subarray(next, next + 8), mac, originalId, rest };
}

/** What a signature covers beside the message: whose key, when, and what the server remarked. */
function variables(key: TsigKey, time: Buffer, rest: Buffer): Buffer {
  const classAndTtl = Buffer.alloc(6);
  classAndTtl.writeUInt16BE(CLASS.ANY, 0);
  return Buffer.concat([wireOf(key.name), classAndTtl, wireOf(key.algorithm), time, rest]);
}

function macOf(key: TsigKey, parts: readonly Buffer[]): Buffer {
  const hmac = createHmac(key.algorithm.replace('hmac-', ''), key.secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** 48 bits of seconds, and the fudge. */
function timeBytes(seconds: number, fudge: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(seconds, 0, 6);
  bytes.writeUInt16BE(fudge, 6);
  return bytes;
}

function sized(bytes: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** A copy that says it has that many additional records more. */
function withCount(message: Buffer, more: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(copy.readUInt16BE(ARCOUNT) + more, ARCOUNT);
  return copy;
}

function notTrusted(because: string): PluginError {
  return new PluginError(
    'answer-not-trusted',
    `the name server's answer was not believed: ${because}; somebody may be answering in its place`,
  );
}
