import { readName, wireOf } from './dns-name.js';

/** Types of records that are written or read here; the numbers are IANA's. */
export const TYPE = { A: 1, CNAME: 5, SOA: 6, AAAA: 28, TSIG: 250, ANY: 255 } as const;
/** Classes of records; NONE and ANY have a meaning of their own in updates. */
export const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;
/** What a message asks for. */
export const OPCODE = { QUERY: 0, UPDATE: 5 } as const;

/** One question, or the zone of an update. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** One record; names inside of its data are not compressed. */
export interface DnsRecord extends DnsQuestion {
  /** Seconds. */
  readonly ttl: number;
  readonly data: Buffer;
}

/** A message that is sent; the three lists are answers, authorities and additionals, or what an update makes of them. */
export interface DnsRequest {
  readonly id: number;
  readonly opcode: number;
  readonly question: DnsQuestion;
  readonly answers?: readonly DnsRecord[];
  readonly authorities?: readonly DnsRecord[];
}

/** A message that came back. */
export interface DnsAnswer {
  readonly id: number;
  readonly opcode: number;
  readonly isAnswer: boolean;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  /** 0 means no error. */
  readonly code: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  /** Where the last record begins, for the signature that stands there; undefined when there are none. */
  readonly lastRecordAt: number | undefined;
}

const HEADER = 12;

/** Writes a message; names are not compressed. */
export function writeMessage(request: DnsRequest): Buffer {
  const { id, opcode, question, answers = [], authorities = [] } = request;
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(opcode << 11, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt16BE(authorities.length, 8);
  return Buffer.concat([header, writeQuestion(question), ...[...answers, ...authorities].map(writeRecord)]);
}

/** Writes one record, as messages have it. */
export function writeRecord(record: DnsRecord): Buffer {
  const rest = Buffer.alloc(6);
  rest.writeUInt32BE(record.ttl, 0);
  rest.writeUInt16BE(record.data.length, 4);
  return Buffer.concat([writeQuestion(record), rest, record.data]);
}

/**
 * Reads a message.
 *
 * @throws RangeError when it is none
 */
export function readMessage(message: Buffer): DnsAnswer {
  const flags = message.readUInt16BE(2);
  const count = (section: number) => message.readUInt16BE(4 + 2 * section);
  let at = HEADER;
  let lastRecordAt: number | undefined;
  const questions = Array.from({ length: count(0) }, () => {
    const read = readQuestion(message, at);
    at = read.next;
    return read.question;
  });
  const records = (section: number) =>
    Array.from({ length: count(section) }, () => {
      lastRecordAt = at;
      const read = readRecord(message, at);
      at = read.next;
      return read.record;
    });
  const [answers, authorities, additionals] = [records(1), records(2), records(3)];
  if (at !== message.length) throw new RangeError('a message has more than its header says');
  return {
    id: message.readUInt16BE(0),
    opcode: (flags >> 11) & 15,
    isAnswer: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    code: flags & 15,
    questions,
    answers,
    authorities,
    additionals,
    lastRecordAt,
  };
}

function writeQuestion({ name, type, class: kind }: DnsQuestion): Buffer {
  const rest = Buffer.alloc(4);
  rest.writeUInt16BE(type, 0);
  rest.writeUInt16BE(kind, 2);
  return Buffer.concat([wireOf(name), rest]);
}

function readQuestion(message: Buffer, at: number): { readonly question: DnsQuestion; readonly next: number } {
  const { text, next } = readName(message, at);
  const question = { name: text, type: message.readUInt16BE(next), class: message.readUInt16BE(next + 2) };
  return { question, next: next + 4 };
}

function readRecord(message: Buffer, at: number): { readonly record: DnsRecord; readonly next: number } {
  const { question, next } = readQuestion(message, at);
  const [start, length] = [next + 6, message.readUInt16BE(next + 4)];
  const end = start + length;
  if (end > message.length) throw new RangeError('a record is cut off');
  const data = wholeData(message, question.type, start, end);
  return { record: { ...question, ttl: message.readUInt32BE(next), data }, next: end };
}

/** A record's data with its names written out, since it is compared and sent by itself. */
function wholeData(message: Buffer, type: number, start: number, end: number): Buffer {
  if (type === TYPE.CNAME) return wireOf(readName(message, start).text);
  if (type !== TYPE.SOA) return message.subarray(start, end);
  const server = readName(message, start);
  const person = readName(message, server.next);
  return Buffer.concat([wireOf(server.text), wireOf(person.text), message.subarray(person.next, end)]);
}
