import { PluginError } from '../../src/plugin-sdk/index.js';
import { readLine, readStats, readValue, refusal, type MemcachedAnswer } from './memcached-answer.js';
import { Dialog, type DialogServer, type Reading } from './dialog.js';

/** Where a memcached is. */
export interface MemcachedServer extends DialogServer {
  /** For one that was started with `-Y`. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

/** An item as it is, without its value. */
export interface MemcachedGlance {
  /** Differs after every write, so it names one version. */
  readonly cas: string;
  /** Seconds until it goes away by itself; null when never. */
  readonly ttl: number | null;
  /** What it takes of memory, in bytes: a little more than its value. */
  readonly size: number;
}

/** What can be put back. */
export interface MemcachedItem {
  readonly value: Buffer;
  /** What clients keep there, such as how the value is encoded. */
  readonly flags: string;
}

/** What came of a write that holds only for the version it names. */
export type Written = 'done' | 'gone' | 'changed';

const WRITTEN: ReadonlyMap<string, Written> = new Map([
  ['HD', 'done'],
  ['NF', 'gone'],
  ['EX', 'changed'],
  ['NS', 'changed'],
]);
const DAYS_30 = 30 * 24 * 60 * 60;

/** Looks at one memcached and changes single items of it, over one connection. It never flushes. */
export class MemcachedSession {
  private constructor(
    private readonly server: MemcachedServer,
    private readonly connection: Dialog,
  ) {}

  /**
   * Opens a connection for some commands, and closes it afterwards.
   *
   * @param signal breaks off what is under way
   * @param use gets the session; it must not keep it
   * @throws PluginError when the server can't be reached, is slow, refuses, or answers something odd
   */
  static async during<T>(
    server: MemcachedServer,
    signal: AbortSignal,
    use: (session: MemcachedSession) => Promise<T>,
  ): Promise<T> {
    const connection = Dialog.open(server, signal);
    try {
      const session = new MemcachedSession(server, connection);
      await session.logIn();
      return await use(session);
    } finally {
      connection.close();
    }
  }

  /** Gives the server's time in seconds since the epoch: by it items grow old. */
  async now(): Promise<number> {
    const { words } = await this.ask('stats', readStats, ['STAT']);
    const time = Number(words[words.indexOf('time') + 1]);
    if (Number.isSafeInteger(time)) return time;
    throw new PluginError('not-understood', `${this.server.name} does not say what time it is`, false);
  }

  /** Looks at an item without using it, so that it is no more recently used than before; null when it is not there. */
  async glance(key: string): Promise<MemcachedGlance | null> {
    const { words } = await this.ask(`me ${checked(key)}`, readLine, ['ME', 'EN']);
    if (words[0] === 'EN') return null;
    const said = new Map(words.slice(2).map((word) => pair(word)));
    const [cas = '', size] = [said.get('cas'), Number(said.get('size'))];
    const exp = Number(said.get('exp'));
    if (!/^\d+$/.test(cas) || !Number.isSafeInteger(size) || !Number.isSafeInteger(exp))
      throw refusal(this.server.name, { words });
    if (cas === '0') {
      const detail = `${this.server.name} runs without versions of items (-C), so nothing can be compared with them`;
      throw new PluginError('no-versions', detail, false);
    }
    return { cas, size, ttl: exp === -1 ? await this.ttl(key) : Math.abs(exp) };
  }

  /** Gives an item with its value; null when it is not there. It counts as used then. */
  async fetch(key: string): Promise<(MemcachedItem & { readonly cas: string }) | null> {
    const { words, data } = await this.ask(`gets ${checked(key)}`, readValue, ['VALUE', 'END']);
    if (words[0] === 'END') return null;
    const [, , flags = '', , cas = ''] = words;
    if (data === undefined || !/^\d+$/.test(flags) || !/^\d+$/.test(cas)) throw refusal(this.server.name, { words });
    return { value: data, flags, cas };
  }

  /** Removes an item, if it is still this version. */
  async remove(key: string, cas: string): Promise<Written> {
    return this.write(`md ${checked(key)} C${version(cas)}\r\n`);
  }

  /** Adds to an item that is a number, if it is still this version. */
  async increase(key: string, by: number, cas: string): Promise<Written> {
    return this.write(`ma ${checked(key)} C${version(cas)} D${by}\r\n`);
  }

  /** Replaces an item, if it is still this version; it goes away at `expiresAt` by the server's clock, null for never. */
  async replace(key: string, item: MemcachedItem, until: Until, cas: string): Promise<Written> {
    return this.write(setting(key, item, `C${version(cas)} ${lifetime(until)}`));
  }

  /** Puts an item where there is none; `changed` when there is one. */
  async add(key: string, item: MemcachedItem, until: Until): Promise<Written> {
    return this.write(setting(key, item, `ME ${lifetime(until)}`));
  }

  private async write(command: string | Buffer): Promise<Written> {
    const answer = await this.connection.ask(command, readLine);
    const came = WRITTEN.get(answer.words[0] ?? '');
    if (came !== undefined) return came;
    throw refusal(this.server.name, answer);
  }

  /** Old servers write the time of `me` with the wrong sign, so that never and one second look the same. */
  private async ttl(key: string): Promise<number | null> {
    const { words } = await this.ask(`mg ${checked(key)} t`, readLine, ['HD', 'EN']);
    const seconds = words.find((word) => word.startsWith('t'))?.slice(1);
    return seconds === undefined || seconds === '-1' ? null : Number(seconds);
  }

  private async logIn(): Promise<void> {
    const { login } = this.server;
    if (login === undefined) return;
    const said = `${login.username} ${login.password}`;
    const answer = await this.connection.ask(`set login 0 0 ${Buffer.byteLength(said)}\r\n${said}\r\n`, readLine);
    if (answer.words[0] === 'STORED') return;
    if (answer.words[0] !== 'CLIENT_ERROR') throw refusal(this.server.name, answer);
    const advice = 'configure what the file given to memcached with -Y holds';
    const what = `${this.server.name} refuses the user name or password: ${advice}`;
    throw new PluginError('refused-by-target', what, false);
  }

  private async ask(
    command: string,
    read: Reading<MemcachedAnswer>,
    expected: readonly string[],
  ): Promise<MemcachedAnswer> {
    const answer = await this.connection.ask(`${command}\r\n`, read);
    if (expected.includes(answer.words[0] ?? '')) return answer;
    throw refusal(this.server.name, answer);
  }
}

/** When an item goes away, and what time it is now, both in seconds by the server's clock. */
export interface Until {
  readonly expiresAt: number | null;
  readonly now: number;
}

/** A lifetime of more than 30 days would be taken for a date. */
function lifetime({ expiresAt, now }: Until): string {
  if (expiresAt === null) return 'T0';
  const left = Math.max(1, expiresAt - now);
  return `T${left <= DAYS_30 ? left : expiresAt}`;
}

function setting(key: string, { value, flags }: MemcachedItem, more: string): Buffer {
  const head = `ms ${checked(key)} ${value.length} F${version(flags)} ${more}\r\n`;
  return Buffer.concat([Buffer.from(head), value, Buffer.from('\r\n')]);
}

function pair(word: string): [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

/** Labels of alerts may reach keys (S5, S6), so the schema's check is made once more where the command is built. */
function checked(key: string): string {
  if (isMemcachedKey(key)) return key;
  throw new PluginError('bad-name', `${JSON.stringify(key.slice(0, 60))} can't be a key of memcached`, false);
}

/** Tells whether a text can be a key: 1 to 250 bytes without white space and control characters. */
export function isMemcachedKey(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= 250 && !/[\s\p{C}]/u.test(text);
}

function version(digits: string): string {
  if (/^\d{1,20}$/.test(digits)) return digits;
  throw new PluginError('bad-version', `${JSON.stringify(digits.slice(0, 30))} is no number of memcached`, false);
}
