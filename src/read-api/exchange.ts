import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './answer.js';
import { Parameters } from './parameters.js';

/** Gives what a request asks. */
export function parametersOf({ url, body, raw }: Pick<FastifyRequest, 'url' | 'body' | 'raw'>): Parameters {
  return new Parameters(url, body, () => raw.socket.destroyed);
}

/** Sends an answer. */
export function send(reply: FastifyReply, { status, body }: Answer): void {
  // bytes, because Fastify adds a charset to text, which Prometheus does not
  void reply
    .code(status)
    .headers({ 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': '5' } : {}) })
    .send(Buffer.from(body));
}
