import { randomInt } from 'node:crypto';
import type { NetConnectOpts } from 'node:net';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { exchangeDns } from './dns-exchange.js';
import { CLASS, OPCODE, readMessage, TYPE, writeMessage, type DnsAnswer, type DnsRequest } from './dns-message.js';
import { CODE, dnsRefusal } from './dns-refusal.js';
import { addressSetOf, zoneVersionOf, type AddressSet, type ZoneVersion } from './dns-reading.js';
import { signed, verified, type TsigKey } from './dns-tsig.js';
import { updateOf, type Replacement } from './dns-update.js';
import { numberOf, type AddressType } from './dns-values.js';

/** One authoritative server of one zone. */
export interface DnsServerOptions {
  /** What it is called in errors. */
  readonly name: string;
  readonly at: NetConnectOpts;
  /** Without a dot at its end, lower case. */
  readonly zone: string;
  /** Signs every message, and every answer must be signed with it; without one nothing is signed or believed to be. */
  readonly key?: TsigKey | undefined;
  /** For each exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const MAX_ID = 65_536;

/** Asks the primary server of a zone, and changes names in it by compare-and-set (RFC 2136). */
export class DnsServer {
  readonly zone: string;

  constructor(private readonly options: DnsServerOptions) {
    this.zone = options.zone;
  }

  /** Gives the zone's SOA record, which rises with each change. Repeatable; throws PluginError. */
  async version(signal: AbortSignal): Promise<ZoneVersion> {
    const answer = await this.ask(this.zone, TYPE.SOA, signal);
    return zoneVersionOf(this.options.name, this.zone, answer);
  }

  /**
   * Gives the records of one type that a name has, from the server itself. Repeatable.
   *
   * @throws PluginError `other-type` when the name is an alias, and that was not asked for
   */
  async addresses(name: string, type: AddressType, signal: AbortSignal): Promise<AddressSet> {
    const answer = await this.ask(name, numberOf(type), signal);
    return addressSetOf(this.options.name, { name, type }, answer);
  }

  /**
   * Replaces the records of one type of a name, all at once, if they are what `from` says.
   *
   * @returns false when the server found something else than `from`; then nothing has changed
   * @throws PluginError after which it is unknown whether the change took, unless the error is the server's refusal
   */
  async replace(wanted: Replacement, signal: AbortSignal): Promise<boolean> {
    const answer = await this.exchange(
      { id: randomInt(MAX_ID), opcode: OPCODE.UPDATE, ...updateOf(this.zone, wanted) },
      signal,
      [CODE.NXDOMAIN, CODE.YXDOMAIN, CODE.YXRRSET, CODE.NXRRSET],
    );
    return answer.code === CODE.NOERROR;
  }

  private async ask(name: string, type: number, signal: AbortSignal): Promise<DnsAnswer> {
    const question = { name, type, class: CLASS.IN };
    const request: DnsRequest = { id: randomInt(MAX_ID), opcode: OPCODE.QUERY, question };
    const answer = await this.exchange(request, signal, [CODE.NXDOMAIN]);
    if (answer.authoritative) return answer;
    const detail = `${this.options.name} does not answer for ${name} with authority: it is not a server of the zone, or the zone hands the name on to other servers`;
    throw new PluginError('not-authoritative', detail, false);
  }

  /** @param answers codes that are an answer and no refusal, besides NOERROR */
  private async exchange(request: DnsRequest, signal: AbortSignal, answers: readonly number[]): Promise<DnsAnswer> {
    const { name, at, timeoutMs, key, now = Date.now } = this.options;
    const plain = writeMessage(request);
    const seconds = () => Math.floor(now() / 1_000);
    const sent = key === undefined ? undefined : signed(plain, key, seconds());
    const bytes = await exchangeDns({ name, at, timeoutMs }, sent?.message ?? plain, signal);
    const answer = this.read(bytes, request);
    const remark =
      key === undefined || sent === undefined ? { error: 0 } : verified({ bytes, answer }, key, sent.mac, seconds());
    if (remark.error === 0 && (answer.code === CODE.NOERROR || answers.includes(answer.code))) return answer;
    throw dnsRefusal(name, answer.code, remark);
  }

  private read(bytes: Buffer, request: DnsRequest): DnsAnswer {
    const { name } = this.options;
    try {
      const answer = readMessage(bytes);
      const [asked] = answer.questions;
      const { question } = request;
      // A refusal may leave the question out.
      const isOurs =
        asked === undefined
          ? answer.code !== CODE.NOERROR
          : asked.name === question.name && asked.type === question.type;
      if (
        answer.isAnswer &&
        answer.id === request.id &&
        answer.opcode === request.opcode &&
        isOurs &&
        !answer.truncated
      )
        return answer;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    throw new PluginError('not-understood', `what ${name} answered is no whole DNS answer to what it was asked`, false);
  }
}
