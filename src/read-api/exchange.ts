import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './answer.js';
import { Parameters } from './parameters.js';

/** Gives what a request asks. */
export function parametersOf({ url, body }: Pick<FastifyRequest, 'url' | 'body'>): Parameters {
  return new Parameters(url, body);
}

/** Sends an answer. */
export function send(reply: FastifyReply, { status, body }: Answer): void {
  // bytes, because Fastify adds a charset to text, which Prometheus does not
  void reply.code(status).header('content-type', 'application/json').send(Buffer.from(body));
}
