import { startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from './stand-in.js';

/** A cache in the test's own process that is purged over HTTP, by path as proxies want it and by lists as CDNs do. */
export interface PurgedCacheService extends StandIn {
  /** Keys of each cached page, by its path with the query. */
  readonly pages: Map<string, readonly string[]>;
  /** How many requests have purged something. */
  readonly effects: () => number;
  /** All pages are there again, and nothing is meddled with. */
  readonly reset: () => void;
  /** Lets something else happen from now on. */
  readonly meddle: (meddling: (request: SeenRequest, make: () => StandInAnswer) => StandInAnswer) => void;
}

const PAGES = new Map([
  ['/products/1', ['product-1', 'list']],
  ['/products/2', ['product-2', 'list']],
  ['/products/2?size=l', ['product-2']],
  ['/about', []],
]);

/** Starts the service. */
export async function startPurgedCache(token = 'canary-44d0'): Promise<PurgedCacheService> {
  const pages = new Map<string, readonly string[]>(PAGES);
  let effects = 0;
  const purge = (which: (path: string, keys: readonly string[]) => boolean): void => {
    const gone = [...pages].filter(([path, keys]) => which(path, keys));
    for (const [path] of gone) pages.delete(path);
    effects += gone.length > 0 ? 1 : 0;
  };
  const answer = ({ method, path, query, headers, body }: SeenRequest): StandInAnswer => {
    if (headers['x-purge-token'] !== token) return { status: 403 };
    if (method === 'GET' && path === '/_look')
      return { status: pages.has(query.get('of') ?? '') ? 200 : 404, json: true };
    if (method === 'PURGE') {
      const asked = query.size > 0 ? `${path}?${query}` : path;
      if (!pages.has(asked)) return { status: 404 };
      purge((one) => one === asked);
      return { status: 200 };
    }
    if (method === 'POST' && path === '/_keys') {
      const given = String(headers['surrogate-key']).split(' ');
      purge((_, keys) => keys.some((one) => given.includes(one)));
      return { status: 200, json: { status: 'ok' } };
    }
    if (method !== 'POST' || path !== '/_urls') return { status: 405 };
    purge((one) => body.includes(`"https://shop.example.org${one}"`));
    return { status: 200, json: { success: true } };
  };
  let meddling = (_: SeenRequest, make: () => StandInAnswer): StandInAnswer => make();
  const standIn = await startStandIn((request) => meddling(request, () => answer(request)));
  const reset = () => {
    for (const [path, keys] of PAGES) pages.set(path, keys);
    meddling = (_, make) => make();
  };
  return { ...standIn, pages, effects: () => effects, reset, meddle: (given) => void (meddling = given) };
}

/** The configuration of the plugin for that service: `edge` by path, `cdn` by lists. */
export function purgeConfig(url: string, token = 'canary-44d0') {
  const look = { read: { path: '/_look', query: { of: '{item}' }, orNull: true }, gone: [null] };
  const common = {
    url,
    allow: ['127.0.0.1'],
    auth: { header: 'X-Purge-Token', value: token },
    timeout: '300ms',
    perSecond: 200,
  };
  const keys = {
    names: { pattern: 'product-[0-9]+|list' },
    request: {
      method: 'POST',
      path: '/_keys',
      headers: { 'Surrogate-Key': '{joined}' },
      answer: { at: '/status', is: 'ok' },
    },
    batch: 2,
  };
  const urls = {
    under: ['/products/'],
    site: 'https://shop.example.org',
    request: { method: 'POST', path: '/_urls', json: { files: '{list}' }, answer: { at: '/success', is: true } },
    batch: 2,
  };
  return {
    httpPurge: {
      caches: {
        edge: { ...common, paths: { under: ['/products/'] }, look, most: 100 },
        cdn: { ...common, paths: urls, keys, look },
        blind: { ...common, paths: { under: ['/products/'] } },
        shop: { ...common, paths: { under: ['/products/'], host: 'shop.example.org' } },
        banning: { ...common, paths: { under: ['/products/'], method: 'BAN' } },
      },
    },
  };
}
