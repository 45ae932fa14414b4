import { setTimeout as pause } from 'node:timers/promises';
import type { EffectCall } from '../../../src/plugin-sdk/index.js';
import { refusalOf } from '../../clients/templated/refusal.js';
import { fillRequest, type FilledRequest, type WriteTemplate } from '../../clients/templated/request.js';
import { checkAnswer } from '../../clients/templated/writing.js';
import type { CacheConfig } from './config.js';
import type { HttpPurgeSystem } from './kit.js';
import type { Params } from './params.js';

/** What is to go, as the step names it. */
export function itemsOf({ paths, keys }: Params): readonly string[] {
  return paths ?? keys ?? [];
}

/** One request of a step, and what must stand in its answer. */
export interface PurgeRequest {
  readonly request: FilledRequest;
  readonly status?: readonly number[] | undefined;
  readonly answer?: WriteTemplate['answer'];
}

/**
 * Sends all requests of a step, no more in a second than the configuration says, each after asking the fence. Repeatable:
 * purging what is gone changes nothing; a step that broke off goes on where it was.
 *
 * @throws PluginError when one is not taken; those before it are made
 */
export async function purge(call: EffectCall<HttpPurgeSystem, Params>): Promise<void> {
  const { httpPurge: caches } = call.client;
  const { config } = caches.get(call.params.cache);
  const requests = requestsFor(config, call.params);
  const known = caches.madeFor(call.key);
  const begun = known < requests.length ? known : 0;
  for (const [index, one] of requests.entries()) {
    if (index < begun) continue;
    const next = performance.now() + 1_000 / config.perSecond;
    await call.fence();
    await send(call, one, `request ${index + 1} of ${requests.length}`, `${call.key}-${index}`);
    caches.keep(call.key, index + 1);
    const left = next - performance.now();
    if (index + 1 < requests.length && left > 0) await pause(left, undefined, { signal: call.signal });
  }
}

async function send(call: EffectCall<HttpPurgeSystem, Params>, one: PurgeRequest, what: string, key: string) {
  const { endpoint, config } = call.client.httpPurge.get(call.params.cache);
  const headers = { ...one.request.headers, 'idempotency-key': key };
  const answer = await endpoint.send({ ...one.request, headers }, call.signal);
  const wanted = one.status ?? config.status;
  const taken =
    wanted?.includes(answer.status) ?? (answer.status === 404 || (answer.status >= 200 && answer.status < 300));
  if (!taken) throw refusalOf(`${what} to ${endpoint.name} was not taken`, answer);
  if (one.answer !== undefined) checkAnswer(endpoint.name, answer, one.answer, {});
}

/** Gives the requests that a step makes, in their order. */
export function requestsFor({ paths, keys }: CacheConfig, params: Params): PurgeRequest[] {
  const items = itemsOf(params);
  if (params.keys !== undefined) return keys === undefined ? [] : listRequests(keys, items);
  if (paths === undefined) return [];
  if ('request' in paths) {
    return listRequests(
      paths,
      items.map((path) => paths.site + path),
    );
  }
  const { method, host, headers } = paths;
  const own = host === undefined ? headers : { ...headers, host };
  return items.map((item) => {
    const [path = '', rawQuery = ''] = item.split('?', 2);
    return { request: { method, path, query: {}, rawQuery, headers: own } };
  });
}

function listRequests({ request, joinedBy, batch }: Listed, items: readonly string[]): PurgeRequest[] {
  const { status, answer } = request;
  const requests: PurgeRequest[] = [];
  for (let from = 0; from < items.length; from += batch) {
    const list = items.slice(from, from + batch);
    requests.push({ request: fillRequest(request, { list, joined: list.join(joinedBy) }), status, answer });
  }
  return requests;
}

type Listed =
  NonNullable<CacheConfig['keys']> | Extract<NonNullable<CacheConfig['paths']>, { readonly request: unknown }>;
