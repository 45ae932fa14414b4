import { z } from 'zod';
import { PluginError, type Json } from '../../../src/plugin-sdk/index.js';
import type { HttpAnswer } from '../http.js';
import { fillText, holesIn } from './fill.js';
import type { Endpoint } from './endpoint.js';
import type { Values } from './holes.js';
import { refusalOf } from './refusal.js';
import { addressFields, fillRequest, holesOf, pointer } from './request.js';

const MAX_KEPT = 64 * 1024;

/** The schema of a request that reads one value. */
export const readSchema = z.strictObject({
  ...addressFields,
  /** `text` takes the whole answer as it is. */
  as: z.enum(['json', 'text']).default('json'),
  /** Where in the JSON the value is. */
  at: pointer.default(''),
  /** Where the version of the value is, for writes that name it in {version}. */
  version: z
    .union([z.strictObject({ at: pointer }), z.strictObject({ header: z.string().toLowerCase().max(64) })])
    .optional(),
  /** A 404, or nothing at that place, is the value `null`; else it is an error. */
  orNull: z.boolean().default(false),
});

/** A request that reads one value, as configured. */
export type ReadTemplate = z.infer<typeof readSchema>;

/** A value as it was read; `version` is as the service says it, when it does. */
export interface Reading {
  readonly value: Json;
  readonly version: string | undefined;
}

/**
 * Reads a value. Changes nothing.
 *
 * @param signal breaks it off
 * @throws PluginError what `send` throws, `unknown-name` when it is not there, `not-understood` when the answer is no such
 *   thing, or what the status says
 */
export async function readValue(
  endpoint: Endpoint,
  template: ReadTemplate,
  values: Values,
  signal: AbortSignal,
): Promise<Reading> {
  const { answer, reading } = await ask(endpoint, template, values, signal);
  if (reading === undefined) throw refusalOf(`${endpoint.name} can't be read`, answer);
  return reading;
}

/**
 * Reads a value like `readValue`, for those to whom another status is an answer too.
 *
 * @returns the status, and the value when there was one
 */
export async function readAnswer(
  endpoint: Endpoint,
  template: ReadTemplate,
  values: Values,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly value?: Json }> {
  const { answer, reading } = await ask(endpoint, template, values, signal);
  return { status: answer.status, ...(reading === undefined ? {} : { value: reading.value }) };
}

async function ask(endpoint: Endpoint, template: ReadTemplate, values: Values, signal: AbortSignal) {
  const answer = await endpoint.send(fillRequest({ method: 'GET', ...template }, values), signal);
  const missing: Reading = { value: null, version: undefined };
  if (answer.status === 404 && template.orNull) return { answer, reading: missing };
  if (answer.status !== 200) return { answer, reading: undefined };
  return { answer, reading: readingOf(endpoint.name, answer, template, values) };
}

/** Gives the names of all holes of a reading. */
export function holesOfReading(template: ReadTemplate): string[] {
  const { at, version } = template;
  const versionAt = version !== undefined && 'at' in version ? version.at : '';
  return [...holesOf({ method: 'GET', ...template }), ...holesIn([at, versionAt])];
}

/**
 * Says what is at a place in JSON; undefined when nothing is.
 *
 * @param place a JSON pointer, whose holes are filled segment by segment
 */
export function valueAt(json: Json, place: string, values: Values): Json | undefined {
  let found: Json | undefined = json;
  for (const segment of place.split('/').slice(1)) {
    if (found === null || typeof found !== 'object') return undefined;
    const name = fillText(segment.replaceAll('~1', '/').replaceAll('~0', '~'), values);
    const members: readonly (readonly [string, Json])[] = Object.entries(found);
    found = members.find(([one]) => one === name)?.[1];
  }
  return found;
}

/**
 * Reads an answer as JSON.
 *
 * @throws PluginError `not-understood` when it is none
 */
export function jsonIn(name: string, { text }: HttpAnswer): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    throw new PluginError('not-understood', `${name} answered with something that is no JSON`, false);
  }
}

function readingOf(name: string, answer: HttpAnswer, template: ReadTemplate, values: Values): Reading {
  const json = template.as === 'json' ? jsonIn(name, answer) : answer.text;
  const value = template.as === 'json' ? valueAt(json, template.at, values) : answer.text;
  if (value === undefined && !template.orNull) {
    throw new PluginError('unknown-name', `there is nothing at ${template.at} of what ${name} answered`, false);
  }
  if (value !== undefined && JSON.stringify(value).length > MAX_KEPT) {
    throw new PluginError('answer-too-long', `the value at ${name} has more than 64 KiB: it can't be kept`, false);
  }
  if (!isExact(value ?? null)) {
    const detail = `the value at ${name} has bytes that are no text, or a number of too many digits: it can't be kept for going back`;
    throw new PluginError('not-exact', detail, false);
  }
  return { value: value ?? null, version: versionOf(name, answer, json, template, values) };
}

/** What would not come back as it was must not be written back. */
function isExact(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('\uFFFD');
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  return value === null || typeof value !== 'object' || Object.values(value).every(isExact);
}

function versionOf(name: string, answer: HttpAnswer, json: Json, template: ReadTemplate, values: Values) {
  const { version } = template;
  if (version === undefined) return undefined;
  const found = 'at' in version ? valueAt(json, version.at, values) : answer.header(version.header);
  if (typeof found === 'string' && found !== '') return found;
  if (typeof found === 'number') return String(found);
  throw new PluginError('not-understood', `${name} did not say the version of the value`, false);
}
