import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { PluginError, type Call, type Change } from '../../../src/plugin-sdk/index.js';
import { whenItMay } from '../../clients/templated/refusal.js';
import { readValue } from '../../clients/templated/reading.js';
import type { HttpPurgeKit, HttpPurgeSystem } from './kit.js';
import { paramsSchema, type Params } from './params.js';
import { itemsOf, purge, requestsFor } from './purge.js';

/** So many are looked at by check and verify, from both ends of the list. */
const LOOKED_AT = 20;
/** So many are named in a plan one by one. */
const NAMED = 20;

/** Makes the action that purges pages from a cache or CDN over HTTP, by their paths or their surrogate keys. */
export function httpPurgeAction({ action, config }: HttpPurgeKit) {
  return action({
    summary: 'Purge pages from a cache or CDN over HTTP',
    params: paramsSchema(config.httpPurge),
    before: z.strictObject({}),
    risk: 'medium',
    idempotency: 'natural',
    reversible: false,

    async check(call) {
      if (call.client.httpPurge.get(call.params.cache).config.look === undefined) return { needed: true };
      const there = await firstThere(call);
      return there === undefined ? { needed: false, because: 'none of it is in the cache' } : { needed: true };
    },

    async plan({ client, params }) {
      const { config: cache } = client.httpPurge.get(params.cache);
      const items = itemsOf(params);
      const what = `${items.length} ${params.keys === undefined ? 'path' : 'key'}${items.length === 1 ? '' : 's'}`;
      const requests = requestsFor(cache, params).length;
      const resource = `http-purge/${params.cache}`;
      const named = items.map((attribute): Change => ({ resource, attribute, from: 'cached', to: 'purged' }));
      return {
        summary: `${params.cache}: purge ${what}`,
        changes: items.length <= NAMED ? named : [{ resource, attribute: what, from: 'cached', to: 'purged' }],
        before: {},
        facts: {
          requests: `${requests}, at most ${cache.perSecond} in a second`,
          after: 'what is asked for next comes from the origin: it can not be put back',
        },
        reversible: false,
      };
    },

    apply: (call) =>
      whenItMay(async () => {
        await purge(call);
        return { done: true };
      }),

    async verify(call) {
      const { look } = call.client.httpPurge.get(call.params.cache).config;
      // Purging again does no harm: better than a person who is asked what nobody can tell.
      if (look === undefined) return { took: false, detail: 'nothing says whether it is gone: configure look' };
      const there = await firstThere(call);
      return there === undefined ? { took: true } : { took: false, detail: `${there} is still there` };
    },

    async revert() {
      throw new PluginError('not-reversible', 'what was purged comes back from the origin when it is asked for', false);
    },
  });
}

/** Finds one that is still in the cache; undefined when none of those that were looked at is. */
async function firstThere({ client, params, signal }: Call<HttpPurgeSystem, Params>): Promise<string | undefined> {
  const { endpoint, config } = client.httpPurge.get(params.cache);
  const { look, paths } = config;
  if (look === undefined) return undefined;
  const host = paths !== undefined && 'host' in paths ? paths.host : undefined;
  const headers = host === undefined ? look.read.headers : { ...look.read.headers, host };
  const items = itemsOf(params);
  const some = items.length <= LOOKED_AT ? items : [...items.slice(0, LOOKED_AT / 2), ...items.slice(-LOOKED_AT / 2)];
  for (const item of some) {
    const { value } = await readValue(endpoint, { ...look.read, headers }, { item }, signal);
    if (!look.gone.some((one) => isDeepStrictEqual(one, value))) return item;
  }
  return undefined;
}
