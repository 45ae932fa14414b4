import { z } from 'zod';
import { isList, type Json } from '../../core/json.js';
import type { Provided } from '../../plugin-sdk/plugin.js';
import { patternCheck } from './patterns.js';
import { anyJson, type ProvidedParts } from './messages.js';

/** The JSON Schema that the child gave for parameters, by the schema that was made of it here. */
const written = z.registry<{ readonly schema: object }>();

const REFERENCES = new Set(['$ref', '$dynamicRef', '$recursiveRef']);
const UNCHECKED = new Set(['pattern', 'format', '$schema']);

/** Says what a plugin provides, without its functions; done in the child. */
export function describe({ actions = {}, probes = {}, notifiers = {} }: Provided): ProvidedParts {
  return {
    actions: mapped(actions, ({ summary, risk, idempotency, reversible, params }) => {
      return { summary, risk, idempotency, reversible, params: schemaOf(params) };
    }),
    probes: mapped(probes, ({ summary, params }) => ({ summary, params: schemaOf(params) })),
    notifiers: mapped(notifiers, ({ summary }) => ({ summary })),
  };
}

/**
 * Makes a schema of what the child said its parameters are, for runbooks to be held against. What JSON Schema can't say
 * is left to the child, which looks at all parameters again; a pattern that takes forever must take it there.
 *
 * @param parameters a JSON Schema
 */
export function parametersFrom(parameters: { readonly [key: string]: Json }): z.ZodType {
  const patterns = patternCheck(parameters);
  const schema = zodOf(parameters).superRefine((value, ctx) => {
    for (const { path, message } of patterns?.(value, []) ?? [])
      ctx.addIssue({ code: 'custom', path: [...path], message });
  });
  written.add(schema, { schema: parameters });
  return schema;
}

/** The JSON Schema of parameters: for a plugin in a child the one that the child wrote, else undefined. */
export function writtenSchema(params: z.ZodType): object | undefined {
  return written.get(params)?.schema;
}

function zodOf(parameters: { readonly [key: string]: Json }): z.ZodType {
  const anyMap = z.record(z.string(), z.json());
  // a schema that refers to itself can be without end, and one that refers twice to twice to twice takes forever
  if (refersIn(parameters)) return anyMap;
  try {
    return z.fromJSONSchema(withoutPatterns(parameters));
  } catch {
    // a word of JSON Schema that zod does not know
    return anyMap;
  }
}

function refersIn(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.some(refersIn);
  return Object.entries(value).some(([key, member]) => REFERENCES.has(key) || refersIn(member));
}

function withoutPatterns(value: { readonly [key: string]: Json }): z.core.JSONSchema.JSONSchema {
  // where keys have patterns, what is no property is not wrong
  const dropped = 'patternProperties' in value ? ['patternProperties', 'additionalProperties'] : [];
  const entries = Object.entries(value).filter(
    ([key, member]) => !dropped.includes(key) && !(typeof member === 'string' && UNCHECKED.has(key)),
  );
  return Object.fromEntries(entries.map(([key, member]) => [key, key === 'default' ? member : inner(member)]));
}

function inner(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(inner) : withoutPatterns(value);
}

function schemaOf(params: z.ZodType): { readonly [key: string]: Json } {
  const schema: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })));
  return z.record(z.string(), anyJson).parse(schema);
}

function mapped<A, B>(all: { readonly [name: string]: A }, make: (one: A) => B): { [name: string]: B } {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one)]));
}
