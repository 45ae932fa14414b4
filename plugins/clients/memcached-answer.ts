import { PluginError } from '../../src/plugin-sdk/index.js';
import { oneLine } from './one-line.js';

/** An answer of memcached: its first line in words, and the data that came with it. */
export interface MemcachedAnswer {
  readonly words: readonly string[];
  readonly data?: Buffer;
}

const LINE_END = '\r\n';
const MAX_LINE = 2_048;

/** Reads an answer that is one line; undefined while it is not whole. */
export function readLine(bytes: Buffer): MemcachedAnswer | undefined {
  const end = bytes.indexOf(LINE_END);
  if (end < 0 && bytes.length <= MAX_LINE) return undefined;
  return { words: bytes.toString('utf8', 0, end < 0 ? MAX_LINE : end).split(' ') };
}

/** Reads the answer to `gets`: `VALUE <key> <flags> <bytes> <cas>`, the data and END, or END alone. */
export function readValue(bytes: Buffer): MemcachedAnswer | undefined {
  const line = readLine(bytes);
  if (line?.words[0] !== 'VALUE') return line;
  const start = bytes.indexOf(LINE_END) + LINE_END.length;
  const length = Number(line.words[3]);
  if (!Number.isSafeInteger(length) || length < 0) return line;
  const after = start + length;
  const tail = `${LINE_END}END${LINE_END}`;
  if (bytes.length < after + tail.length) return undefined;
  if (bytes.toString('latin1', after, after + tail.length) !== tail) return { words: ['no', 'end'] };
  return { words: line.words, data: Buffer.from(bytes.subarray(start, after)) };
}

/** Reads the answer to `stats`: lines of `STAT <name> <value>` and END; what is no such line stands alone. */
export function readStats(bytes: Buffer): MemcachedAnswer | undefined {
  const line = readLine(bytes);
  if (line === undefined || line.words[0] !== 'STAT') return line;
  const text = bytes.toString('latin1');
  const end = text.indexOf(`${LINE_END}END${LINE_END}`);
  return end < 0
    ? undefined
    : {
        words: text
          .slice(0, end)
          .split(LINE_END)
          .flatMap((one) => one.split(' ')),
      };
}

/** Makes an error of an answer that nobody expected. */
export function refusal(name: string, { words }: MemcachedAnswer): PluginError {
  const said = oneLine(words.join(' '), 200);
  if (words[0] === 'SERVER_ERROR') return new PluginError('target-failed', `${name} answered: ${said}`);
  if (words[0] === 'CLIENT_ERROR' && words.slice(1).join(' ').startsWith('unauth')) {
    const advice = 'it wants a user name and password: configure username and password';
    return new PluginError('refused-by-target', `${name} answered: ${said}; ${advice}`, false);
  }
  if (words[0] === 'CLIENT_ERROR') return new PluginError('refused-by-target', `${name} answered: ${said}`, false);
  if (words[0] === 'ERROR') {
    const advice = 'it does not know this command: memcached 1.6 or later is needed, and no proxy before it';
    return new PluginError('refused-by-target', `${name} answered: ${said}; ${advice}`, false);
  }
  return new PluginError('not-understood', `${name} answered something that is no memcached's answer: ${said}`, false);
}
