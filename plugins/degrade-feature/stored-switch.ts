import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';

const MAX_NAME = 128;
/** An integer that JavaScript can't hold would come back as another one. */
const LONG_NUMBER = /\d{16}/;

const position = z.union([z.string().min(1).max(1_024), z.number(), z.boolean()]);

/** What the configuration says of switches that are kept as a text: what stands for on and for off. */
export const switchFields = {
  on: position.default(true),
  off: position.default(false),
  /** The text is a JSON object, and the switch this field of it; left out, the text is nothing but the switch. */
  field: z.string().min(1).max(MAX_NAME).optional(),
};

/** A switch as the configuration describes it; `key` is what errors call it. */
export interface StoredSwitch {
  readonly key?: string;
  readonly on: string | number | boolean;
  readonly off: string | number | boolean;
  readonly field?: string | undefined;
}

/** Whether on and off can be told apart; for `refine`, together with `ON_IS_OFF`. */
export function differs(given: StoredSwitch): boolean {
  return turned(given, true, null) !== turned(given, false, null);
}

/** What is wrong when they can't. */
export const ON_IS_OFF = { path: ['off'], message: 'must differ from on' };

/**
 * Gives the text that turns a feature on or off, with all else in it as it was.
 *
 * @param was null when there is none
 * @returns the same text when it says so already
 * @throws PluginError `not-understood` when it should be a JSON object and is none
 */
export function turned({ key, on, off, field }: StoredSwitch, enabled: boolean, was: string | null): string {
  const wanted = enabled ? on : off;
  if (field === undefined) return typeof wanted === 'string' ? wanted : JSON.stringify(wanted);
  const held = was === null ? {} : objectIn(was, key);
  return was !== null && held[field] === wanted ? was : JSON.stringify({ ...held, [field]: wanted });
}

/** Says in one word what a text means: on, off, the text itself when it is neither, or that there is none. */
export function meaning(given: StoredSwitch, text: string | null): string {
  if (text === null) return 'not there';
  if (turned(given, true, text) === text) return 'on';
  if (turned(given, false, text) === text) return 'off';
  const held = given.field === undefined ? text : JSON.stringify(objectIn(text, given.key)[given.field] ?? null);
  return held.length <= 80 ? held : `${held.slice(0, 80)}...`;
}

/**
 * Makes sure that a switch is one: what is not there and not listed either may be a name that nobody reads.
 *
 * @param listed the features of the configuration
 * @throws PluginError `unknown-feature`
 */
export function assertKnown(key: string, was: string | null, listed: readonly string[] | undefined): void {
  if (was !== null || listed !== undefined) return;
  const detail = `${key} is not there: look at the name, or list the feature in the configuration to have it made`;
  throw new PluginError('unknown-feature', detail, false);
}

function objectIn(text: string, key = 'the switch'): Readonly<Record<string, unknown>> {
  const held = fromJson(text);
  const refuse = (because: string) => {
    const shown = text.length <= 80 ? text : `${text.slice(0, 80)}...`;
    return new PluginError('not-understood', `${key} holds ${because}: ${JSON.stringify(shown)}; look at field`, false);
  };
  if (!isObject(held)) throw refuse('no JSON object');
  const withoutTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  if (LONG_NUMBER.test(withoutTexts)) throw refuse('a number too long to be written again');
  return held;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
