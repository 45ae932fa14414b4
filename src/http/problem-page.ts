import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemBody } from './problem.js';

/** Writes an error as a page for a person; the status and the headers of the error are set already. */
export type ProblemPage = (request: FastifyRequest, reply: FastifyReply, problem: ProblemBody) => string;

/** The `ProblemPage`, if there is a console. */
export const PROBLEM_PAGE = Symbol('ProblemPage');

const FOR_MACHINES = /^\/(?:api|-|assets|metrics|live|prometheus)(?:[/?]|$)/;

/** Tells whether a person looks at the answer in a browser: addresses that are made for machines answer all alike. */
export function wantsPage({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): boolean {
  return !FOR_MACHINES.test(url) && /(?:^|[,\s])text\/html(?:[;,\s]|$)/i.test(headers.accept ?? '');
}
