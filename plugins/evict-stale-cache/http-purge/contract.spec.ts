import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ContractSubject,
} from '../../../src/testing/action-contract.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import { freePort } from '../../../test/rig/processes.js';
import { purgeConfig, startPurgedCache, type PurgedCacheService } from '../../../test/rig/purged-cache.js';
import type { StandInAnswer } from '../../../test/rig/stand-in.js';
import plugin from '../index.js';

const pages = ['/products/1', '/products/2', '/products/2?size=l'];
const nonsense: Json[] = [
  null,
  {},
  { cache: 'edge' },
  { cache: 'edge', paths: [] },
  { cache: 'edge', keys: ['list'] },
  { cache: 'other', paths: pages },
  { cache: 'edge', paths: ['/products/1', '/products/1'] },
  { cache: 'edge', paths: Array.from({ length: 101 }, (_, index) => `/products/${index}`) },
  { cache: 'edge', paths: pages, url: 'http://169.254.169.254/' },
  ...['', '/', '*', '/*', '/products/', '/products', '/products/*', '/about', '/products/../about', '/products/..'].map(
    (path) => ({ cache: 'edge', paths: [path] }),
  ),
  ...['//evil/products/1', '/products/%2e%2e/about', '/products/a b', '/products/a\r\nX: y', '/products/#a'].map(
    (path) => ({
      cache: 'edge',
      paths: [path],
    }),
  ),
  ...['/products/1|', '/products/.*', '/products/(1)', '/products/1?x=1'].map((path) => ({
    cache: 'banning',
    paths: [path],
  })),
  ...['', '*', 'all', 'list product-1', 'list,product-1', 'LIST'].map((key) => ({ cache: 'cdn', keys: [key] })),
];

const subject = (params: Json): ContractSubject => ({
  action: 'http-purge',
  world: async (log) => {
    const service = await startPurgedCache();
    const running = plugin.instantiate(purgeConfig(service.url), log);
    return {
      plugin: running,
      params,
      nonsense,
      read: async () => [...service.pages.keys()].sort(),
      reset: async () => service.reset(),
      effects: service.effects,
      close: async () => {
        await running.close();
        await service.close();
      },
    };
  },
});

describeActionContract('evict-stale-cache/http-purge by path', subject({ cache: 'edge', paths: pages }));
describeActionContract('evict-stale-cache/http-purge by a list of paths', subject({ cache: 'cdn', paths: pages }));

describe('a variant of evict-stale-cache/http-purge is caught', () => {
  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'every write is preceded by the fence',
      ({ apply }) => ({
        apply: async (call, ...rest) => (await call.fence(), apply({ ...call, fence: async () => {} }, ...rest)),
      }),
    ],
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'an apply whose signal is aborted fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: new AbortController().signal }, ...rest) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      () => ({ verify: async () => ({ took: true }) }),
    ],
  ];
  it.each(broken)('by "%s"', async (clause, variant) => {
    const found = await contractViolations(withVariant(subject({ cache: 'edge', paths: pages }), variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

describe('evict-stale-cache/http-purge', () => {
  let service: PurgedCacheService;
  const stop: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    service = await startPurgedCache();
    stop.push(() => service.close());
  });
  afterEach(async () => {
    for (const one of stop.splice(0).reverse()) await one();
  });

  function action(config: unknown = purgeConfig(service.url)): Action {
    const running = plugin.instantiate(config, { info: () => {}, warn: () => {} });
    stop.push(() => running.close());
    const found = running.provided.actions?.['http-purge'];
    if (found === undefined) throw new Error('no action http-purge');
    return found;
  }

  it('says what goes, and that it can not be put back', async () => {
    const plan = await action().plan(plainCall(), { cache: 'edge', paths: pages });
    expect(plan).toMatchObject({
      summary: 'edge: purge 3 paths',
      reversible: false,
      facts: { requests: '3, at most 200 in a second' },
    });
    expect(plan.changes[0]).toEqual({
      resource: 'http-purge/edge',
      attribute: '/products/1',
      from: 'cached',
      to: 'purged',
    });
    expect(action().reversible).toBe(false);
  });

  it('purges by keys, in batches, and looks at what the answer says', async () => {
    const params = { cache: 'cdn', keys: ['product-1', 'product-2', 'list'] };
    expect(await action().apply(plainCall(), params, {})).toEqual({ done: true });
    expect(service.writes().map(({ headers }) => headers['surrogate-key'])).toEqual(['product-1 product-2', 'list']);
    expect([...service.pages.keys()]).toEqual(['/about']);
    service.meddle(() => ({ status: 200, json: { status: 'no' } }));
    await expect(action().apply(plainCall(), params, {})).rejects.toMatchObject({ code: 'target-said-no' });
  });

  it('names the site whose page it is', async () => {
    service.meddle(() => ({ status: 200 }));
    await action().apply(plainCall(), { cache: 'shop', paths: ['/products/1'] }, {});
    expect(service.writes()[0]?.headers['host']).toBe('shop.example.org');
  });

  it('sends no more in a second than it may', async () => {
    const config = purgeConfig(service.url);
    const { edge } = config.httpPurge.caches;
    const slow = action({ httpPurge: { caches: { edge: { ...edge, perSecond: 20 } } } });
    const start = performance.now();
    await slow.apply(plainCall(), { cache: 'edge', paths: pages }, {});
    expect(performance.now() - start).toBeGreaterThan(95);
  });

  it('goes on where it broke off, and asks again when it is asked to wait', async () => {
    const purge = action();
    service.meddle((request, make) => {
      return request.path === '/products/2' ? { status: 429, headers: { 'retry-after': '3' } } : make();
    });
    const attempt = () => purge.apply(plainCall({ key: 'one' }), { cache: 'edge', paths: pages }, {});
    expect(await attempt()).toEqual({ done: false, againInMs: 3_000 });
    service.meddle((_, make) => make());
    expect(await attempt()).toEqual({ done: true });
    expect(service.writes().map(({ path }) => path)).toEqual([
      '/products/1',
      '/products/2',
      '/products/2',
      '/products/2',
    ]);
  });

  it('without a look: says so, and that purging again does no harm', async () => {
    const params = { cache: 'blind', paths: pages };
    expect(await action().check(plainCall(), params)).toEqual({ needed: true });
    await action().apply(plainCall(), params, {});
    expect(await action().verify(plainCall(), params, {})).toMatchObject({
      took: false,
      detail: expect.stringContaining('look'),
    });
    expect(await action().apply(plainCall({ key: 'again' }), params, {})).toEqual({ done: true });
    expect(service.effects()).toBe(3);
  });

  it.each<[string, StandInAnswer, string, boolean]>([
    ['403', { status: 403 }, 'refused-by-target', false],
    ['405', { status: 405 }, 'refused-by-target', false],
    ['500', { status: 500 }, 'target-failed', true],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' } }, 'redirected', false],
    ['nothing', 'silent', 'timed-out', true],
    ['a closed connection', 'dropped', 'target-unreachable', true],
  ])('answered with %s: a clear error at the first request', async (_, answer, code, again) => {
    service.meddle(() => answer);
    const params = { cache: 'edge', paths: pages };
    await expect(action().apply(plainCall(), params, {})).rejects.toMatchObject({ code, again });
    expect(service.seen).toHaveLength(1);
    expect(service.effects()).toBe(0);
  });

  it('whose answer is lost: is purged once, and verify sees it', async () => {
    service.meddle((request, make) => {
      const made = make();
      return request.method === 'PURGE' ? 'dropped' : made;
    });
    const params = { cache: 'edge', paths: ['/products/1'] };
    await expect(action().apply(plainCall(), params, {})).rejects.toMatchObject({ code: 'target-unreachable' });
    expect(await action().verify(plainCall(), params, {})).toEqual({ took: true });
    expect(service.effects()).toBe(1);
  });

  it('that is away: a clear error, without the token', async () => {
    const away = action(purgeConfig(`http://127.0.0.1:${await freePort()}`));
    const failed = away.apply(plainCall(), { cache: 'edge', paths: pages }, {});
    await expect(failed).rejects.toThrow(/^cache edge can't be reached: ECONNREFUSED$/);
  });
});
