import { isDeepStrictEqual } from 'node:util';
import {
  asPlanned,
  PluginError,
  type Change,
  type EffectCall,
  type Json,
  type Plan,
  type PlanCall,
} from '../../../src/plugin-sdk/index.js';
import { whenItMay } from '../../clients/templated/refusal.js';
import type { Values } from '../../clients/templated/holes.js';
import type { WriteTemplate } from '../../clients/templated/request.js';
import { bring, look, type Place } from '../../clients/templated/writing.js';
import type { ServiceConfig } from './config.js';
import type { HttpKit, HttpSystem } from './kit.js';
import { beforeSchema, paramsSchema, type Before, type Params } from './params.js';

type Looking = Pick<PlanCall<HttpSystem, Params>, 'client' | 'params' | 'signal'>;

/** One part of a feature: where it is, and how it is written on the way there and back. */
interface Part {
  readonly name: string;
  readonly place: Place;
  readonly set: WriteTemplate;
  readonly restore: WriteTemplate;
}

/** Makes the action that sets a feature at any service with an HTTP interface, by requests of the configuration. */
export function httpAction({ action, config }: HttpKit) {
  return action({
    summary: 'Set a feature at a service with an HTTP interface',
    params: paramsSchema(config.http),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { value } = call.params;
      const now = await asEarlierLeave(call);
      return now.every((one) => isDeepStrictEqual(one, value))
        ? { needed: false, because: `${nameOf(call.params)} is ${JSON.stringify(value)} already` }
        : { needed: true };
    },

    async plan(call): Promise<Plan<Before>> {
      const { value } = call.params;
      const values = await asEarlierLeave(call);
      const changes = partsOf(call).flatMap(({ name }, index): Change[] => {
        const from = values[index] ?? null;
        return isDeepStrictEqual(from, value)
          ? []
          : [{ resource: nameOf(call.params), attribute: name, from, to: value }];
      });
      wordsFor(call.client.http.get(call.params.service).config, value);
      return {
        summary: `${nameOf(call.params)}: ${sayAll(values)} -> ${JSON.stringify(value)}`,
        changes,
        before: { values },
        reversible: values.every((one) => sayable(call, one)),
      };
    },

    apply: (call, before) => whenItMay(() => bringAll(call, before, 'there')),

    async verify(call) {
      const { value } = call.params;
      for (const { name, place } of partsOf(call)) {
        const seen = await look(place, call.signal);
        if (!isDeepStrictEqual(seen.value, value))
          return { took: false, detail: `${place.name} ${name} is ${say(seen.value)}, not ${JSON.stringify(value)}` };
      }
      return { took: true };
    },

    revert: (call, before) => whenItMay(() => bringAll(call, before, 'back')),
  });
}

async function bringAll(call: EffectCall<HttpSystem, Params>, { values }: Before, way: 'there' | 'back') {
  const { config } = call.client.http.get(call.params.service);
  for (const [index, { name, place, set, restore }] of partsOf(call).entries()) {
    const [was = null, wanted] = [values[index], call.params.value];
    const { from, to, write } =
      way === 'there' ? { from: was, to: wanted, write: set } : { from: wanted, to: was, write: restore };
    // Each request is an effect of its own to a service that knows keys.
    const key = index === 0 ? call.key : `${call.key}-${name}`;
    const filled = { ...place, values: { ...place.values, ...wordsFor(config, to), value: to } };
    await bring({ key, signal: call.signal, fence: () => call.fence() }, filled, { from, to, write, again: true });
  }
  return { done: true as const };
}

function partsOf({ client, params }: Pick<Looking, 'client' | 'params'>): Part[] {
  const { endpoint, config } = client.http.get(params.service);
  return config.parts.map(({ name, read, set, restore = set }) => {
    const place = { endpoint, name: nameOf(params), read, values: params.values, showsMs: config.shows };
    return { name, place, set, restore };
  });
}

/** Reads each part, and says what it will be when this step comes. */
async function asEarlierLeave(call: PlanCall<HttpSystem, Params>): Promise<Json[]> {
  const found: Json[] = [];
  for (const { name, place } of partsOf(call)) {
    const { value } = await look(place, call.signal);
    found.push(asPlanned(call.earlier, nameOf(call.params), name, value));
  }
  return found;
}

function sayable({ client, params }: Looking, value: Json): boolean {
  const { words } = client.http.get(params.service).config;
  return Object.values(words).every((one) => Object.hasOwn(one, JSON.stringify(value)));
}

/** What comes into the holes that go by the value. */
function wordsFor({ words }: ServiceConfig, value: Json): Values {
  const text = JSON.stringify(value);
  const found = Object.entries(words).map(([hole, byValue]) => {
    const word = Object.hasOwn(byValue, text) ? byValue[text] : undefined;
    if (word !== undefined) return [hole, word] as const;
    const detail = `the configuration has no word for {${hole}} when ${say(value)} is to be written: add it under words`;
    throw new PluginError('no-word', detail, false);
  });
  return Object.fromEntries(found);
}

/** How plans of this plugin name a feature. */
function nameOf({ service, values }: Params): string {
  return ['http', service, ...Object.values(values).map(String)].join('/');
}

function sayAll(values: readonly Json[]): string {
  return [...new Set(values.map(say))].join(' and ');
}

function say(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}...`;
}
