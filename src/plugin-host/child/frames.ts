import type { Json } from '../../core/json.js';

/** One message between the service and the child of a plugin has at most so many bytes. */
export const LONGEST_MESSAGE = 4 * 1024 * 1024;
/** And so many values: lists and maps of little take far longer to read than texts of the same length. */
export const MOST_VALUES = 10_000;
const HEADER = 4;
/** JSON that is nested deeper could not be walked through safely. */
const DEEPEST = 64;
const SMALL = 64 * 1024;
const [QUOTE, COMMA, LIST, MAP, BACKSLASH] = [0x22, 0x2c, 0x5b, 0x7b, 0x5c];

/**
 * Writes a message as a frame: its length, then itself as JSON.
 *
 * @returns nothing when it is too long, or has too many values, to be sent
 */
export function frameOf(message: object): Buffer | undefined {
  const json = JSON.stringify(message);
  if (valuesIn(json) > MOST_VALUES) return undefined;
  const text = Buffer.from(json, 'utf8');
  if (text.length > LONGEST_MESSAGE) return undefined;
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32BE(text.length);
  return Buffer.concat([header, text]);
}

/** Counts the values in JSON, before anything is made of them. */
export function valuesIn(text: string): number {
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) at = endOfText(text, at);
    else if (letter === COMMA || letter === LIST || letter === MAP) values += 1;
  }
  return values;
}

function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** Cuts a stream of bytes into frames; in however small pieces it comes, it keeps little more than one frame. */
export class FrameReader {
  private bytes = Buffer.alloc(0);
  private start = 0;
  private end = 0;

  /** Takes the next piece of the stream. */
  push(piece: Buffer): void {
    if (this.end + piece.length > this.bytes.length) this.makeRoom(piece.length);
    piece.copy(this.bytes, this.end);
    this.end += piece.length;
  }

  /** Gives the next whole frame; nothing while it is not there, null when it is too long to be read at all. */
  next(): string | null | undefined {
    const kept = this.end - this.start;
    if (kept < HEADER) return undefined;
    const length = this.bytes.readUInt32BE(this.start);
    if (length > LONGEST_MESSAGE) return null;
    if (kept < HEADER + length) return undefined;
    const first = this.start + HEADER;
    const text = this.bytes.toString('utf8', first, first + length);
    this.start = first + length;
    if (this.start === this.end) this.forget();
    return text;
  }

  private makeRoom(more: number): void {
    const kept = this.end - this.start;
    const needed = kept + more;
    const fits = needed <= this.bytes.length / 2;
    const room = fits ? this.bytes : Buffer.allocUnsafeSlow(Math.max(SMALL, 2 * needed));
    this.bytes.copy(room, 0, this.start, this.end);
    [this.bytes, this.start, this.end] = [room, 0, kept];
  }

  private forget(): void {
    [this.start, this.end] = [0, 0];
    if (this.bytes.length > 2 * SMALL) this.bytes = Buffer.alloc(0);
  }
}

/**
 * Reads JSON that somebody else wrote: without members that would become the prototype of what they are copied into.
 *
 * @returns nothing when it is no JSON, or nested too deeply
 */
export function readJson(text: string): Json | undefined {
  try {
    const value: unknown = mayNameThePrototype(text)
      ? JSON.parse(text, (key, member: unknown) => (key === '__proto__' ? undefined : member))
      : JSON.parse(text);
    return isJson(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

function mayNameThePrototype(text: string): boolean {
  return text.includes('__proto__') || /\\u00/.test(text);
}

/** What `JSON.parse` gives is JSON; what is left to find out is how deep it goes. */
function isJson(value: unknown, deepest: number): value is Json {
  if (typeof value !== 'object' || value === null) return true;
  if (deepest === 0) return false;
  return Object.values(value).every((member) => isJson(member, deepest - 1));
}
