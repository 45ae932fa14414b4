import type { FastifyReply } from 'fastify';
import { ERRORS, type ErrorCode } from '../core/errors.js';
import { isForPrometheus, prometheusProblem } from './prometheus-problem.js';

/** An error as it is answered: an entry of the catalogue, and what happened this time. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** The body of an answer of type `application/problem+json` (RFC 9457). */
export interface ProblemBody extends Problem {
  /** Leads to the entry's advice. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly requestId: string;
}

/** Media type of all errors. */
export const PROBLEM_TYPE = 'application/problem+json';

/** Gives an error the form in which it is answered. */
export function problemBody({ code, detail }: Problem, requestId: string): ProblemBody {
  const { status, title } = ERRORS[code];
  return { type: `/api/docs#error-${code}`, title, status, detail, code, requestId };
}

/**
 * Answers with an error.
 *
 * @param page writes it as a page instead, or gives nothing where none is wanted
 */
export function sendProblem(
  reply: FastifyReply,
  problem: Problem,
  page: (body: ProblemBody) => string | undefined = () => undefined,
): void {
  const body = problemBody(problem, reply.request.id);
  const html = page(body);
  const forPrometheus = html === undefined && isForPrometheus(reply.request.url);
  void reply
    .code(body.status)
    .headers({
      'content-type': forPrometheus
        ? 'application/json'
        : html === undefined
          ? PROBLEM_TYPE
          : 'text/html; charset=utf-8',
      'x-request-id': reply.request.id,
      'cache-control': 'no-store',
      ...hints(body),
    })
    // bytes, because Fastify adds a charset to text, which this media type does not have
    .send(Buffer.from(html ?? (forPrometheus ? prometheusProblem(body) : JSON.stringify(body))));
}

function hints({ status }: ProblemBody): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer realm="firebreak"' };
  if (status === 503) return { 'retry-after': '1' };
  return {};
}
