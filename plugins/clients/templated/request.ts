import { z } from 'zod';
import type { Json } from '../../../src/plugin-sdk/index.js';
import type { HttpMethod } from '../http.js';
import { fillJson, fillPath, fillTexts, holesIn } from './fill.js';
import type { Values } from './holes.js';

/** Those that belong to the connection, to the body or to `auth`, and are not for templates to set. */
const RESERVED =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|authorization|cookie|accept-encoding|idempotency-key)$/;

const text = z.string().max(4_000);
const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'name a header such as x-tenant')
  .refine((name) => !RESERVED.test(name), 'is none that may be set here: credentials belong into auth');

/** The schema of a path of a template, from the endpoint's address on. */
export const pathTemplate = z
  .string()
  .max(1_000)
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~!$&'()*+,;=:@{}-]+)+\/?$|^\/$/,
    'write a path such as /flags/{flag}, without // or .. and without a query',
  );

/** The schema of an HTTP status. */
export const status = z.int().min(200).max(599);

/** The schema of a JSON pointer, whose segments may be holes. */
export const pointer = z
  .string()
  .max(500)
  .regex(/^(?:\/[^/]*)*$/, "write a JSON pointer such as /data/enabled; '' is the whole answer");

/** What reading and writing have in common. */
export const addressFields = {
  path: pathTemplate,
  query: z.record(z.string().regex(/^[A-Za-z0-9_.[\]-]{1,64}$/), text).default({}),
  headers: z.record(headerName, text).default({}),
};

/** The schema of a request that writes. */
export const writeSchema = z
  .strictObject({
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
    ...addressFields,
    /** A JSON body, whose texts may have holes. */
    json: z.json().optional(),
    /** A form body. */
    form: z.record(z.string().min(1).max(64), text).optional(),
    /** Answers that are as wanted; 200 to 299 unless told. */
    status: z.array(status).min(1).optional(),
    /** What must stand in the answer besides, for services that answer 200 whatever happens. */
    answer: z.strictObject({ at: pointer, is: z.json() }).optional(),
  })
  .refine(({ json, form }) => json === undefined || form === undefined, 'json or form, not both');

/** A request that writes, as configured. */
export type WriteTemplate = z.infer<typeof writeSchema>;

/** What can be filled and sent. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: Json | undefined;
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** A request with nothing left to fill; `path` begins with / and is encoded. */
export interface FilledRequest {
  readonly method: HttpMethod;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of `query`, for one that must be sent as it is: letters, digits and what need not be encoded. */
  readonly rawQuery?: string;
}

/**
 * Fills the holes of a request. Values are encoded for where they come: none can become more than a value.
 *
 * @throws PluginError `bad-segment`, `no-text` or `empty-hole`
 */
export function fillRequest(template: RequestTemplate, values: Values): FilledRequest {
  const { method, path, query, headers, json, form } = template;
  const filled = {
    method,
    path: fillPath(path, values),
    query: fillTexts(query, values),
    headers: fillTexts(headers, values),
  };
  if (json !== undefined) {
    const own = { 'content-type': 'application/json', ...filled.headers };
    return { ...filled, headers: own, body: JSON.stringify(fillJson(json, values)) };
  }
  if (form === undefined) return filled;
  const own = { ...filled.headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { ...filled, headers: own, body: new URLSearchParams(fillTexts(form, values)).toString() };
}

/** Gives the names of all holes of a request. */
export function holesOf({ path, query, headers, json, form }: RequestTemplate): string[] {
  return holesIn([path, query, headers, json ?? null, form ?? null]);
}
