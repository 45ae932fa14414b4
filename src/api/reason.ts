import { z } from 'zod';
import { FirebreakError } from '../core/errors.js';
import { readBody, readQuery } from './read-request.js';

/** A reason that must be given. */
export const reason = z.string().trim().min(1).max(1_000);

/** What the documentation shows of a body that holds nothing but the reason. */
export const reasonBody = z.strictObject({ reason });

const given = reasonBody.partial();

/**
 * Reads the reason, which may stand in the body or in the query.
 *
 * @throws FirebreakError `malformed-body` when there is none
 */
export function readReason(body: unknown, query: unknown): string {
  const found = { ...readQuery(given, query), ...readBody(given, body) };
  if (found.reason === undefined)
    throw new FirebreakError('malformed-body', 'reason: missing; say why, for the record');
  return found.reason;
}
