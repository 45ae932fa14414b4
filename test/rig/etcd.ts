import { z } from 'zod';
import { installed } from './installed.js';
import { HERE, type Place } from './place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';

/** A key as etcd has it; the revision is that of the store when it was last written. */
export interface RigEntry {
  readonly value: string;
  readonly revision: number;
  /** '0' for none. */
  readonly lease: string;
}

/** One piece of news about a key, and when it came (milliseconds of this process's clock). */
export interface RigNews {
  readonly key: string;
  /** undefined when the key went away. */
  readonly value: string | undefined;
  readonly at: number;
}

/** A real etcd of one member. */
export interface RigEtcd {
  /** For clients, `http://host:port`. */
  readonly url: string;
  readonly process: () => RunningProcess;
  readonly get: (key: string) => Promise<RigEntry | undefined>;
  /** Writes a key whatever it holds, hanging on a lease when one is given. */
  readonly put: (key: string, value: string, lease?: string) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
  /** How many writes the store has seen, and one. */
  readonly revision: () => Promise<number>;
  /** Makes a lease of so many seconds. */
  readonly grant: (seconds: number) => Promise<string>;
  readonly renew: (lease: string) => Promise<void>;
  /** Tells of every change below a prefix, as list consumers are told; `stop` ends it. */
  readonly watch: (prefix: string, tell: (news: RigNews) => void) => Promise<{ readonly stop: () => void }>;
  /** From now on every request needs a login: `root` with this password. */
  readonly requireLogin: (password: string) => Promise<void>;
  /** Ends all logins of `root`, as a change of the password does. */
  readonly endLogins: (password: string) => Promise<void>;
  /** Adds somebody who has no rights, if there is none of that name. */
  readonly addUser: (name: string, password: string) => Promise<void>;
  /** kill -9; the data stay. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same data and ports. */
  readonly restart: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Starts etcd on free ports, in a folder of its own. */
export async function startEtcd(place: Place = HERE): Promise<RigEtcd> {
  const folder = rigFolder('etcd');
  const url = `http://${place.host}:${await freePort()}`;
  const peers = `http://${place.host}:${await freePort()}`;
  const [command, ...before] = [...place.through, installed('etcd')];
  let token: string | undefined;
  const ask = (path: string, body: object) => post(`${url}${path}`, body, token);
  const revision = async () => Number((await ask('/v3/kv/range', { key: base64('-') })).header.revision);
  const options = {
    name: 'rig',
    'data-dir': `${folder}/data`,
    logger: 'zap',
    'log-level': 'warn',
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `rig=${peers}`,
  };
  const start = () =>
    startProcess({
      name: 'etcd',
      command,
      args: [...before, ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
      folder,
      // A login does not live through a restart, but whoever refuses one is ready.
      ready: async () => (token !== undefined ? (await fetch(`${url}/health`)).ok : (await revision()) > 0),
    });
  const login = async (password: string) => {
    const answer = await post(`${url}/v3/auth/authenticate`, { name: 'root', password });
    token = answer.token;
  };
  let running = await start();
  return {
    url,
    process: () => running,
    get: async (key) => {
      const [found] = (await ask('/v3/kv/range', { key: base64(key) })).kvs;
      if (found === undefined) return undefined;
      return { value: fromBase64(found.value), revision: Number(found.mod_revision), lease: found.lease };
    },
    put: async (key, value, lease = '0') => {
      await ask('/v3/kv/put', { key: base64(key), value: base64(value), lease });
    },
    remove: async (key) => void (await ask('/v3/kv/deleterange', { key: base64(key) })),
    revision,
    grant: async (seconds) => (await ask('/v3/lease/grant', { TTL: String(seconds) })).ID,
    renew: async (lease) => void (await ask('/v3/lease/keepalive', { ID: lease })),
    watch: (prefix, tell) => watch(url, prefix, tell),
    requireLogin: async (password) => {
      await ask('/v3/auth/user/add', { name: 'root', password });
      await ask('/v3/auth/role/add', { name: 'root' });
      await ask('/v3/auth/user/grant', { user: 'root', role: 'root' });
      await ask('/v3/auth/enable', {});
      await login(password);
    },
    endLogins: async (password) => {
      await ask('/v3/auth/user/changepw', { name: 'root', password });
      await login(password);
    },
    addUser: async (name, password) => {
      const { users } = await ask('/v3/auth/user/list', {});
      if (!users.includes(name)) await ask('/v3/auth/user/add', { name, password });
    },
    kill: () => running.kill(),
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}

const entry = z.object({ value: z.string().default(''), mod_revision: z.string(), lease: z.string().default('0') });
const answered = z.object({
  header: z.object({ revision: z.string().default('0') }).default({ revision: '0' }),
  kvs: z.array(entry).default([]),
  ID: z.string().default(''),
  token: z.string().optional(),
  users: z.array(z.string()).default([]),
});
const change = z.object({ kv: z.object({ key: z.string(), value: z.string().optional() }) });
const watched = z.object({ result: z.object({ events: z.array(change).default([]) }) });

async function post(url: string, body: object, token?: string): Promise<z.infer<typeof answered>> {
  const headers = token === undefined ? {} : { authorization: token };
  const signal = AbortSignal.timeout(30_000);
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${text}`);
  return answered.parse(JSON.parse(text));
}

/** Comes back when the watch is on: every later change is told. */
async function watch(url: string, prefix: string, tell: (news: RigNews) => void): Promise<{ stop: () => void }> {
  const abort = new AbortController();
  const create_request = { key: base64(prefix), range_end: base64(after(prefix)) };
  const body = JSON.stringify({ create_request });
  const answer = await fetch(`${url}/v3/watch`, { method: 'POST', body, signal: abort.signal });
  const lines = linesOf(answer.body ?? new ReadableStream<Uint8Array>());
  await lines.next(); // "created"
  const read = async () => {
    for await (const line of lines) {
      const at = performance.now();
      for (const { kv } of watched.parse(JSON.parse(line)).result.events) {
        const value = kv.value === undefined ? undefined : fromBase64(kv.value);
        tell({ key: fromBase64(kv.key), value, at });
      }
    }
  };
  read().catch(() => undefined); // ended by `stop`
  return { stop: () => abort.abort() };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}

/** The first key that does not begin with the prefix. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
