import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  asPlanned,
  PluginError,
  type Change,
  type EffectCall,
  type Json,
  type Kit,
  type Plan,
  type PlanCall,
  type Progress,
} from '../../src/plugin-sdk/index.js';
import { fillJson } from '../clients/templated/fill.js';
import { whenItMay } from '../clients/templated/refusal.js';
import { fillRequest } from '../clients/templated/request.js';
import { bring, look, sendWrite, type Place } from '../clients/templated/writing.js';
import type { Config } from './config.js';
import { paramsSchema, type Params } from './params.js';
import type { Services } from './services.js';

const json: z.ZodType<Json> = z.json();
const beforeSchema = z.strictObject({
  /** As the read gave it; null for an operation without one. */
  state: json,
});

type Effect = EffectCall<Services, Params>;

/**
 * Makes the action that sends a configured request.
 *
 * @param once for operations that must not be sent twice: attempted at most once, and a person is asked when the outcome
 *   is unknown. The others are read before each write, so that repeating them is harmless
 */
export function requestAction({ action, config }: Kit<Services, Config>, once: boolean) {
  const operations = Object.fromEntries(Object.entries(config.operations).filter(([, one]) => one.once === once));
  const none = `no operation ${once ? 'with' : 'without'} once: true is configured: name one under operations of the plugin`;
  return action({
    summary: once ? 'Send a configured HTTP request, at most once' : 'Send a configured HTTP request',
    params: paramsSchema('operation', operations, none),
    before: beforeSchema,
    risk: 'medium',
    idempotency: once ? 'none' : 'conditional',

    async check(call) {
      const target = targetOf(call);
      if (target.place === undefined) return { needed: true };
      const now = await stateAt(call, target.place, target.change);
      return isDeepStrictEqual(now, target.is)
        ? { needed: false, because: `${target.place.name} is ${say(now)} already` }
        : { needed: true };
    },

    async plan(call): Promise<Plan<z.infer<typeof beforeSchema>>> {
      const { place, is, change, operation } = targetOf(call);
      if (place === undefined) {
        const asks = `nothing can be read back: whether ${call.params.name} did what it should only its answer says`;
        return {
          summary: `send ${call.params.name}`,
          changes: [change(null)],
          before: { state: null },
          reversible: false,
          asks,
        };
      }
      const state = await stateAt(call, place, change);
      const gives = fillJson(operation.compensate?.gives ?? null, { ...call.params.values, was: state });
      return {
        summary: `${place.name}: ${say(state)} -> ${say(is)}`,
        changes: [change(state)],
        before: { state },
        reversible: operation.compensate !== undefined && isDeepStrictEqual(gives, state),
      };
    },

    async apply(call, before) {
      const attempt = () => apply(call, before.state, once);
      // Asking again would send it again, and it is a promise that this is never done.
      return once ? attempt() : whenItMay(attempt);
    },

    async verify(call) {
      const { place, is } = targetOf(call);
      if (place === undefined) {
        const detail = `${call.params.name} names no read: look at the service, and say what came of it`;
        throw new PluginError('not-verifiable', detail, false);
      }
      const { value } = await look(place, call.signal);
      return isDeepStrictEqual(value, is)
        ? { took: true }
        : { took: false, detail: `${place.name} is ${say(value)}, not ${say(is)}` };
    },

    revert: (call, before) => whenItMay(() => revert(call, before.state)),
  });
}

async function apply(call: Effect, state: Json, once: boolean): Promise<Progress> {
  const { place, is, operation, endpoint } = targetOf(call);
  if (place !== undefined) {
    await bring(call, place, { from: state, to: is, write: operation.request, again: !once });
    return { done: true };
  }
  await call.fence();
  const { name, values } = call.params;
  if (await sendWrite(call, { endpoint, name, values }, operation.request, {})) return { done: true };
  throw new PluginError('refused-by-target', `${name}: ${endpoint.name} says that it is in conflict`, false);
}

async function revert(call: Effect, state: Json): Promise<Progress> {
  const { place, is, operation } = targetOf(call);
  if (place === undefined || operation.compensate === undefined) {
    if (place !== undefined && isDeepStrictEqual((await look(place, call.signal)).value, state)) return { done: true };
    throw new PluginError(
      'not-reversible',
      `${call.params.name} has no compensating request: take it back by hand`,
      false,
    );
  }
  await bring(call, place, { from: is, to: state, write: operation.compensate.request, again: true });
  return { done: true };
}

/** What a step acts on; without a place when nothing can be read. */
function targetOf({ client, params: { name, values } }: Pick<Effect, 'client' | 'params'>) {
  const { operation, endpoint } = client.operation(name);
  const { read, is: wanted = null, shows } = operation;
  const is = fillJson(wanted, values);
  if (read === undefined) {
    const change = (from: Json): Change => ({
      resource: `http/${operation.endpoint}`,
      attribute: name,
      from,
      to: 'sent',
    });
    return { operation, endpoint, is, change, place: undefined };
  }
  const { path, query } = fillRequest({ method: 'GET', ...read }, values);
  const asked = new URLSearchParams(query).toString();
  // By what is read, so that two operations on one thing know of each other.
  const resource = `http/${operation.endpoint}${path}${asked === '' ? '' : `?${asked}`}`;
  const attribute = read.at === '' ? 'state' : read.at;
  const change = (from: Json): Change => ({ resource, attribute, from, to: is });
  const place: Place = { endpoint, name: resource, read, values, showsMs: shows };
  return { operation, endpoint, is, change, place };
}

async function stateAt(call: PlanCall<Services, Params>, place: Place, change: (from: Json) => Change): Promise<Json> {
  const { value } = await look(place, call.signal);
  const { resource, attribute } = change(value);
  return asPlanned(call.earlier, resource, attribute, value);
}

/** Says a value in one short line. */
function say(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}...`;
}
