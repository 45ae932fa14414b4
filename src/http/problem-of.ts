import { HttpException } from '@nestjs/common';
import { ZodError } from 'zod';
import { FirebreakError, type ErrorCode } from '../core/errors.js';
import type { Problem } from './problem.js';
import { isStoreFailure } from './store-failure.js';

/** The entries for what Nest and Fastify refuse by themselves. */
const BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'malformed-body'],
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [413, 'body-too-large'],
  [414, 'not-found'],
  [415, 'unsupported-media-type'],
]);

/** Finds the catalogue's entry for whatever was thrown; what is not known says nothing to the outside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FirebreakError) return { code: error.code, detail: error.detail };
  if (error instanceof ZodError) return problemOfZod(error);
  if (isStoreFailure(error)) return { code: 'store-unavailable', detail: 'Redis does not answer' };
  const code = BY_STATUS.get(statusOf(error) ?? 500);
  if (code !== undefined && error instanceof Error) return { code, detail: error.message };
  return { code: 'internal', detail: 'this should not have happened; the log says more under this requestId' };
}

/** Says what a schema did not like; a key that it does not know is an entry of its own. */
export function problemOfZod({ issues }: Pick<ZodError, 'issues'>): Problem {
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.length > 0)
    return { code: 'unknown-property', detail: `not known: ${unknown.slice(0, 10).join(', ').slice(0, 200)}` };
  return { code: 'malformed-body', detail: explainIssues(issues) };
}

/** Writes the issues of a schema in one line. */
export function explainIssues(issues: ZodError['issues']): string {
  return issues
    .slice(0, 10)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const isFastifys = error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_');
  return isFastifys && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
