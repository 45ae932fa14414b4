import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';
import { lookAtBody } from './json-body.js';
import { isForPrometheus } from './prometheus-problem.js';

/** What a form of the console may send; its longest text is a reason. */
export const FORM_LIMIT = 64 * 1024;

/** The field that shows that a form is of our own making; handlers do not see it. */
export const TOKEN_FIELD = '_csrf';

/** Where machines talk: they send JSON, and a form there is one that a foreign page made a browser send. */
const MACHINES = /^\/(?:api|-|metrics|assets)(?:\/|$)/;

const tokens = new WeakMap<FastifyRequest, string>();

/** Gives the token that came with a form, or undefined when none did. */
export function formToken(request: FastifyRequest): string | undefined {
  return tokens.get(request);
}

/**
 * Makes forms understood on the console's own addresses. A field is a text under its plain name: brackets and dots in names
 * mean nothing, and a name that comes twice is refused, because every reader would have to guess which one is meant.
 */
export function takeForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_LIMIT },
    (request, body, done) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      const { url } = request.routeOptions;
      const isAsked = isForPrometheus(request.url);
      if (!isAsked && (url === undefined || MACHINES.test(url)))
        return done(new FirebreakError('unsupported-media-type', 'this address understands application/json only'));
      if (encoding !== 'identity')
        return done(new FirebreakError('unsupported-media-type', 'compressed bodies are not understood'));
      lookAtBody(request, String(body));
      // a name may come twice in what clients of Prometheus ask
      if (isAsked) return done(null, new URLSearchParams(String(body)));
      const fields = [...new URLSearchParams(String(body))];
      const names = fields.map(([name]) => name);
      const twice = names.find((name, at) => names.indexOf(name) !== at);
      if (twice !== undefined)
        return done(new FirebreakError('malformed-body', `the form has the field ${twice.slice(0, 60)} twice`));
      const token = fields.find(([name]) => name === TOKEN_FIELD)?.[1];
      if (token !== undefined) tokens.set(request, token);
      // a property of its own whatever its name, also __proto__: schemas then refuse it like any other that they do not know
      done(null, Object.fromEntries(fields.filter(([name]) => name !== TOKEN_FIELD)));
    },
  );
}
