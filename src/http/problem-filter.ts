import { Catch, Inject, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../access/proxy/proxy-addresses.js';
import { sentElsewhere } from '../access/sessions/login-instead.js';
import { noteRefusal } from '../access/refused-people.js';
import { alertSenderAt } from '../core/alert-addresses.js';
import { ERRORS, type ErrorCode } from '../core/errors.js';
import { messageOf } from '../core/message-of.js';
import { LOGGER } from '../parts.js';
import { LastingTrouble } from '../telemetry/lasting-trouble.js';
import type { Log } from '../telemetry/logger.js';
import { sendProblem, type Problem, type ProblemBody } from './problem.js';
import { problemOf } from './problem-of.js';
import { PROBLEM_PAGE, wantsPage, type ProblemPage } from './problem-page.js';
import { methodsAt, routeOf } from './route-table.js';

/** Sees every refused request: its code and the route that was asked, for counting. */
export type ProblemObserver = (code: ErrorCode, route: string) => void;

/** The `ProblemObserver`, if somebody counts. */
export const PROBLEM_OBSERVER = Symbol('ProblemObserver');

/** While the store is away every request fails for the same reason: one line a second says it. */
const SAY_AGAIN_MS = 1_000;

/** What is said of these quotes the body, for whoever sent it; a password may stand there. */
const QUOTING: readonly ErrorCode[] = ['malformed-body', 'unknown-property'];

/** Some of many senders may be right, so nobody can say when it is over. */
const REFUSED_ALERTS = {
  begins: 'alerts are refused, and nothing is done for them: mend what sends them (docs/errors.md)',
};

/** Turns everything that is thrown on the way of a request into an answer from the error catalogue. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private said = -SAY_AGAIN_MS;
  private readonly refusedAlerts: LastingTrouble;

  constructor(
    @Inject(LOGGER) private readonly log: Log,
    @Optional() @Inject(PROBLEM_OBSERVER) private readonly observe?: ProblemObserver,
    @Optional() @Inject(PROBLEM_PAGE) private readonly page?: ProblemPage,
  ) {
    this.refusedAlerts = new LastingTrouble(log, REFUSED_ALERTS);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { problem, allow } = this.classify(error, request);
    this.note(error, problem, request);
    if (reply.sent || sentElsewhere(request, reply, problem.code)) return;
    if (allow.length > 0) void reply.header('allow', allow.join(', '));
    sendProblem(reply, problem, (body) => this.pageOf(request, reply, body));
  }

  /** What a person sees in a browser; a page that cannot be written must not hide the error. */
  private pageOf(request: FastifyRequest, reply: FastifyReply, body: ProblemBody): string | undefined {
    if (this.page === undefined || !wantsPage(request)) return undefined;
    try {
      return this.page(request, reply, body);
    } catch (error) {
      this.log.error({ requestId: request.id, error: textOf(error) }, 'the page about an error could not be written');
      return undefined;
    }
  }

  /** A path that exists, asked with another method, is an entry of its own. */
  private classify(error: unknown, request: FastifyRequest): { problem: Problem; allow: string[] } {
    const problem = problemOf(error);
    const allow = request.is404 && problem.code === 'not-found' ? methodsAt(request.server, request.url) : [];
    if (allow.length === 0) return { problem, allow };
    return { problem: { code: 'method-not-allowed', detail: `this address answers to ${allow.join(', ')}` }, allow };
  }

  private note(error: unknown, problem: Problem, request: FastifyRequest): void {
    const route = routeOf(request);
    this.observe?.(problem.code, route);
    const { status } = ERRORS[problem.code];
    const about = { requestId: request.id, method: request.method, route, code: problem.code, status };
    noteRefusal(request, problem.detail);
    if (problem.code === 'internal') {
      this.log.error({ ...about, error: textOf(error) }, 'a request failed: this is a mistake in Firebreak');
    } else if (status >= 500 && this.maySay()) {
      this.log.warn({ ...about, error: messageOf(error) }, 'requests cannot be served');
    } else {
      if (status < 500 && request.method === 'POST' && alertSenderAt(route) !== undefined)
        this.refusedAlerts.failed(`${problem.code}, from ${clientAddress(request)}`);
      const detail = QUOTING.includes(problem.code) ? {} : { detail: problem.detail };
      this.log.debug({ ...about, ...detail }, 'refused');
    }
  }

  private maySay(): boolean {
    const now = performance.now();
    if (now - this.said < SAY_AGAIN_MS) return false;
    this.said = now;
    return true;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
