import type { StandInAnswer } from '../stand-in.js';
import type { Place } from './resources.js';

const CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  Conflict: 409,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
} as const;

/** Why a server says no. */
export type Reason = keyof typeof CODES;

/** An answer that says no, as the API writes it. */
export function refusal(reason: Reason, message: string, place?: Place): StandInAnswer {
  const { resource, name } = place ?? {};
  const about =
    resource === undefined
      ? {}
      : { ...(name === undefined ? {} : { name }), group: resource.group, kind: resource.plural };
  const wait = reason === 'TooManyRequests' ? { retryAfterSeconds: 1 } : {};
  const details = { ...about, ...wait };
  const code = CODES[reason];
  return {
    status: code,
    headers: reason === 'TooManyRequests' ? { 'retry-after': '1' } : {},
    json: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(Object.keys(details).length === 0 ? {} : { details }),
      code,
    },
  };
}

/** How messages call a kind: with its group, if it has one. */
export function sayKind({ resource }: Place): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}
