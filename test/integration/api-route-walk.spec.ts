import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_ROUTES } from '../../src/access/public-routes.js';
import { routesOf } from '../../src/http/route-table.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const;

/** Ways to write an address that some router or proxy might take for it, or for a public one. */
const SPELLINGS: Readonly<Record<string, (path: string, origin: string) => string>> = {
  plain: (path) => path,
  'two slashes in front': (path) => `/${path}`,
  'two slashes inside': (path) => path.replace(/\/([^/]*)$/, '//$1'),
  'a slash at the end': (path) => `${path}/`,
  'an escaped slash at the end': (path) => `${path}%2f`,
  'escaped slashes': (path) => path.replaceAll(/(?!^)\//g, '%2F'),
  'a backslash': (path) => path.replaceAll(/(?!^)\//g, '\\'),
  'a parameter of the path': (path) => `${path};x=/-/healthy`,
  'a parameter in front': (path) => `/;x${path}`,
  'an escaped letter': (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  'a letter escaped twice': (path) => path.replace(/[a-z]/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  'upper case': (path) => path.toUpperCase(),
  'a dot in front': (path) => `/.${path}`,
  'an escaped dot in front': (path) => `/%2e${path}`,
  'out of a public folder': (path) => `/assets/..${path}`,
  'out of a public folder, escaped': (path) => `/assets/%2e%2e${path}`,
  'out of a public folder, all escaped': (path) => `/assets/..%2f${path.slice(1)}`,
  'out of a public page': (path) => `/-/healthy/..%2f..${path}`,
  'a public page behind it': (path) => `${path}/-/healthy`,
  'a public page above it': (path) => `${path}/%2e%2e/%2e%2e/%2e%2e/%2e%2e/-/healthy`,
  'a public page in the query': (path) => `${path}?/-/healthy`,
  'a public file behind it': (path) => `${path}/assets/console.css`,
  'a suffix': (path) => `${path}.json`,
  'another suffix': (path) => `${path}.css`,
  'a NUL': (path) => `${path}%00`,
  'a space': (path) => `${path}%20`,
  'a whole address': (path, origin) => `${origin}${path}`,
};

interface Asked {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly spelling: string;
}

/** By the reviewed list itself, and not by what reads it. */
function isOnTheList(method: string, route: string): boolean {
  return PUBLIC_ROUTES.includes(`${method === 'HEAD' ? 'GET' : method} ${route}`);
}

describe('S3: every route, by every method, however it is spelled', () => {
  let api: ApiApp;
  let origin: string;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    api = await startApi({ access: { rateLimit: { perMinute: 1_000_000 } } });
    await api.nest.listen(0, '127.0.0.1');
    origin = await api.nest.getUrl();
    const body = { labels: { service: 'shop' } };
    ids.set('id', (await api.send('POST', '/api/v1/runbooks/careful/executions', 'operator', body)).json.id);
    ids.set('name', 'careful').set('file', 'console.css').set('key', 'careful%7C');
    await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'runbook:other', reason: 'a test' });
    await api.clock.pass(10);
  });
  afterAll(async () => {
    await api.close();
  });

  /** Straight over a connection: other clients tidy a path up before they send it. A stream is left when it begins. */
  function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
    const { hostname: host, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const asking = request({ host, port, path, method, headers, agent: false }, (answer) => {
        resolve(answer.statusCode ?? 0);
        if (String(answer.headers['content-type']).startsWith('text/event-stream')) answer.destroy();
        else answer.resume();
      });
      asking.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`))).end();
    });
  }

  function everything(methods: readonly string[]): Asked[] {
    const routes = [...new Set(routesOf(api.fastify).map(({ url }) => url))];
    return routes.flatMap((route) => {
      const plain = route
        .replaceAll(/:(\w+)/g, (_, name: string) => ids.get(name) ?? 'nothing')
        .replace('*', 'nothing');
      return Object.entries(SPELLINGS).flatMap(([spelling, spell]) =>
        methods.map((method) => ({ method, route, spelling, path: spell(plain, origin) })),
      );
    });
  }

  /** All answers, some at a time. */
  async function walk(all: readonly Asked[], headers: Record<string, string>): Promise<ReadonlyMap<Asked, number>> {
    const answers = new Map<Asked, number>();
    const rest = [...all];
    const next = async (): Promise<void> => {
      for (let one = rest.pop(); one !== undefined; one = rest.pop())
        answers.set(one, await statusOf(one.method, one.path, headers));
    };
    await Promise.all(Array.from({ length: 8 }, next));
    return answers;
  }

  /** Everything that a request could have changed. */
  async function state(): Promise<unknown> {
    const { items } = await api.store.list({ limit: 1_000 });
    return structuredClone({
      items,
      journals: await Promise.all(items.map(({ id }) => api.store.journalLines(id))),
      head: await api.store.auditHead(),
      pauses: await api.store.pauses(),
      storms: await api.store.governance.storms(),
      centers: await api.store.governance.centerRecords(),
      decisions: await api.store.decisions({ limit: 1_000 }),
      writes: api.target.writes,
    });
  }

  it('gives a stranger nothing but what is public', { timeout: 300_000 }, async () => {
    const before = await state();
    const answers = await walk(everything(METHODS), {});
    const plain = new Map([...answers].map(([one, status]) => [`${one.method} ${one.path}`, status]));
    /** What the addresses of the list answer when they are written as they are. */
    const open = new Map<string, Set<number>>();
    for (const [{ method, route, spelling }, status] of answers)
      if (spelling === 'plain' && isOnTheList(method, route))
        open.set(route, (open.get(route) ?? new Set()).add(status));
    const wrong = [...answers].filter(([{ method, route, path }, status]) => {
      if ([401, 404, 405].includes(status)) return false;
      // an odd spelling of a public address, or of another one that is that very address
      const same = isOnTheList(method, route) && open.get(route)?.has(status) === true;
      return !same || plain.get(`${method} ${path}`) !== status;
    });
    expect(wrong.map(([{ method, path, spelling }, status]) => `${method} ${path} (${spelling}): ${status}`)).toEqual(
      [],
    );
    expect([...open.keys()].length).toBeGreaterThanOrEqual(new Set(PUBLIC_ROUTES.map((one) => one.split(' ')[1])).size);
    expect(await state()).toEqual(before);
  });

  it('does nothing for whoever may do everything and only asks', { timeout: 300_000 }, async () => {
    const before = await state();
    const asking = everything(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
    const answers = await walk(asking, { authorization: `Bearer ${tokenOf('admin')}` });
    // the walk does get in
    expect([...answers.values()].filter((status) => status === 200).length).toBeGreaterThan(20);
    expect([...answers].filter(([, status]) => status >= 500)).toEqual([]);
    expect(await state()).toEqual(before);
  });
});
