import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { PluginError, type Json } from '../../../src/plugin-sdk/index.js';
import type { HttpAnswer } from '../http.js';
import type { Endpoint } from './endpoint.js';
import { fillJson } from './fill.js';
import type { Values } from './holes.js';
import { jsonIn, readValue, valueAt, type Reading, type ReadTemplate } from './reading.js';
import { refusalOf } from './refusal.js';
import { fillRequest, type WriteTemplate } from './request.js';

/** How often a write is tried again because the service has said that its version is old. */
const MAX_RACES = 4;
const LOOK_EVERY_MS = 100;

/** What writing needs of the call that it is for. */
export interface Writer {
  readonly key: string;
  readonly signal: AbortSignal;
  fence(): Promise<void>;
}

/** Something at a service that can be read and written. */
export interface Place {
  readonly endpoint: Endpoint;
  /** What it is called in errors. */
  readonly name: string;
  readonly read: ReadTemplate;
  /** What fills the holes of both requests; writes get {was} and {version} besides. */
  readonly values: Values;
  /** How long a write may take until it shows, in milliseconds. */
  readonly showsMs: number;
}

/** From where to where, and by which request; `again` false for one that must not be sent twice in a call. */
export interface Move {
  readonly from: Json;
  readonly to: Json;
  readonly write: WriteTemplate;
  readonly again: boolean;
}

/**
 * Brings a place from one value to another: reads, writes if it is as `from` says, and reads back until it shows.
 * Repeatable: what is so already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when it is neither, `did-not-take` when it does not show, or what a request throws
 */
export async function bring(call: Writer, place: Place, move: Move): Promise<void> {
  for (let races = 0; races < (move.again ? MAX_RACES : 1); races += 1) {
    const seen = await look(place, call.signal);
    if (isDeepStrictEqual(seen.value, move.to)) return;
    if (!isDeepStrictEqual(seen.value, move.from)) throw changed(place);
    await call.fence();
    const extra = { was: seen.value, ...(seen.version === undefined ? {} : { version: seen.version }) };
    if (await sendWrite(call, place, move.write, extra)) return shows(call, place, move.to);
  }
  throw new PluginError('busy', `others write ${place.name} all the time: each write came too late`);
}

/** Reads what is there now. */
export function look({ endpoint, read, values }: Place, signal: AbortSignal): Promise<Reading> {
  return readValue(endpoint, read, values, signal);
}

/**
 * Sends one write with the key of its effect.
 *
 * @param extra what fills holes besides the values of the place
 * @returns false when the service says that somebody was faster (409 or 412)
 * @throws PluginError when the answer is not as wanted, or there is none
 */
export async function sendWrite(
  call: Pick<Writer, 'key' | 'signal'>,
  { endpoint, name, values }: Pick<Place, 'endpoint' | 'name' | 'values'>,
  write: WriteTemplate,
  extra: Values,
): Promise<boolean> {
  const all = { ...values, ...extra };
  const request = fillRequest(write, all);
  const headers = { ...request.headers, 'idempotency-key': call.key };
  const answer = await endpoint.send({ ...request, headers }, call.signal);
  const { status, answer: wanted } = write;
  const fits = status === undefined ? answer.status >= 200 && answer.status < 300 : status.includes(answer.status);
  if (!fits && (answer.status === 409 || answer.status === 412)) return false;
  if (!fits) throw refusalOf(`${name} was not changed`, answer);
  if (wanted !== undefined) checkAnswer(endpoint.name, answer, wanted, all);
  return true;
}

/**
 * Looks for what must stand in an answer besides its status.
 *
 * @param name of who answered
 * @param values what fills the holes of what is wanted
 * @throws PluginError `target-said-no` when it does not stand there
 */
export function checkAnswer(
  name: string,
  answer: HttpAnswer,
  { at, is }: NonNullable<WriteTemplate['answer']>,
  values: Values,
): void {
  const said = valueAt(jsonIn(name, answer), at, values);
  if (said !== undefined && isDeepStrictEqual(said, fillJson(is, values))) return;
  const detail = `${name} answered ${answer.status}, but what stands at ${at || 'the whole'} is not as wanted`;
  throw new PluginError('target-said-no', detail);
}

async function shows(call: Writer, place: Place, to: Json): Promise<void> {
  const until = performance.now() + place.showsMs;
  for (;;) {
    const { value } = await look(place, call.signal);
    if (isDeepStrictEqual(value, to)) return;
    if (performance.now() >= until) {
      throw new PluginError('did-not-take', `${place.name} was written, but the service shows another value`);
    }
    await pause(LOOK_EVERY_MS, undefined, { signal: call.signal });
  }
}

function changed({ name }: Place): PluginError {
  const detail = `${name} is neither what the plan saw nor what this step wants: somebody changed it meanwhile`;
  return new PluginError('changed-meanwhile', detail, false);
}
