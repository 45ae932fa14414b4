/** A Redis server's address. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Name and password, when the servers ask for them. */
export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** Which Redis keeps the state: our own, one server, one behind Sentinel, or a Cluster. */
export type RedisLocation =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'single'; readonly url: string }
  | ({
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly name: string;
      readonly db: number;
    } & RedisLogin)
  | ({ readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[]; readonly tls: boolean } & RedisLogin);

/** What came of reading a Redis URL; the complaint never repeats the URL, which may hold a password. */
export type ParsedRedis =
  { readonly ok: true; readonly redis: RedisLocation } | { readonly ok: false; readonly detail: string };

const ALLOWED =
  'must be redis://host:port, rediss://host:port, redis+sentinel://host:port,host:port/master-name, or for Cluster redis://host:port,host:port';
const DEFAULT_PORTS = { redis: 6379, sentinel: 26_379 } as const;

/**
 * Reads where Redis is.
 *
 * @param text one URL; hosts separated by commas mean Cluster, or several Sentinels
 */
export function parseRedis(text: string): ParsedRedis {
  const found = /^(rediss?|redis\+sentinel):\/\/(?:([^/]*)@)?([^/@?]+)((?:\/[^?]*)?)$/.exec(
    withoutRepeatedScheme(text),
  );
  const [, scheme, login = '', hosts = '', path = ''] = found ?? [];
  if (scheme === undefined) return { ok: false, detail: ALLOWED };
  const isSentinel = scheme === 'redis+sentinel';
  const addresses = hosts
    .split(',')
    .map((host) => addressOf(host, isSentinel ? DEFAULT_PORTS.sentinel : DEFAULT_PORTS.redis));
  const known = addresses.filter((address) => address !== undefined);
  const credentials = loginOf(login);
  if (known.length !== addresses.length || credentials === undefined) return { ok: false, detail: ALLOWED };
  if (isSentinel) return sentinel(known, path, credentials);
  if (known.length > 1) return cluster(known, path, scheme === 'rediss', credentials);
  return /^(\/\d*)?$/.test(path) ? { ok: true, redis: { kind: 'single', url: text } } : { ok: false, detail: ALLOWED };
}

function sentinel(sentinels: readonly RedisAddress[], path: string, login: RedisLogin): ParsedRedis {
  const [, name, db = '0'] = /^\/([\w.-]+)(?:\/(\d+))?$/.exec(path) ?? [];
  if (name === undefined) return { ok: false, detail: `${ALLOWED}; the name of the master is missing` };
  return { ok: true, redis: { kind: 'sentinel', sentinels, name, db: Number(db), ...login } };
}

function cluster(nodes: readonly RedisAddress[], path: string, tls: boolean, login: RedisLogin): ParsedRedis {
  if (!/^(\/0?)?$/.test(path)) return { ok: false, detail: 'a Redis Cluster has only database 0' };
  return { ok: true, redis: { kind: 'cluster', nodes, tls, ...login } };
}

/** `redis://a,redis://b` is the same as `redis://a,b`. */
function withoutRepeatedScheme(text: string): string {
  const scheme = /^[a-z+]+:\/\//.exec(text)?.[0];
  return scheme === undefined ? text : text.replaceAll(`,${scheme}`, ',');
}

function addressOf(text: string, defaultPort: number): RedisAddress | undefined {
  const [, six, host = six, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number };
}

function loginOf(text: string): RedisLogin | undefined {
  const [, username = '', password = ''] = /^([^:]*)(?::(.*))?$/.exec(text) ?? [];
  try {
    return {
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined;
  }
}

/** Gives the password of Redis, if there is one, so that the log can mask it. */
export function redisSecrets(redis: RedisLocation): string[] {
  switch (redis.kind) {
    case 'embedded':
      return [];
    case 'single':
      return passwordIn(redis.url);
    case 'sentinel':
    case 'cluster':
      return redis.password === undefined ? [] : [redis.password];
  }
}

function passwordIn(url: string): string[] {
  const { password } = new URL(url);
  return password === '' ? [] : [...new Set([password, plain(password)])];
}

/** As it is typed; a sign of percent that begins nothing stands for itself. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
