import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';

/** What Alertmanager may send in one go; more is refused before it is read. */
export const BODY_LIMIT = 16 * 1024 * 1024;

/** Looks at a body as it came, before it is understood; throws to refuse the request. */
export type BodyCheck = (body: string) => void;

const checks = new WeakMap<FastifyRequest, BodyCheck>();

/** Has the body of a request looked at as it comes; nothing is looked at when it is empty, or of a type that is not understood. */
export function checkBody(request: FastifyRequest, check: BodyCheck): void {
  checks.set(request, check);
}

/** Has a body looked at by whoever asked for it. */
export function lookAtBody(request: FastifyRequest, body: string): void {
  checks.get(request)?.(body);
}

/**
 * Makes JSON the only thing that is understood. Plain `JSON.parse` keeps a key named `__proto__` as the ordinary key that
 * it is in JSON: a label of that name must not make a whole webhook undeliverable, and nothing here merges bodies.
 */
export function takeOnlyJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (request, body, done) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity')
        return done(new FirebreakError('unsupported-media-type', 'compressed bodies are not understood'));
      lookAtBody(request, String(body));
      const parsed = parseJson(String(body));
      if (parsed.ok) done(null, parsed.value);
      else done(new FirebreakError('malformed-body', parsed.detail));
    },
  );
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string };

/** An empty body is no body: buttons in dashboards send one with the header. */
function parseJson(text: string): Parsed {
  if (text === '') return { ok: true, value: undefined };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return {
      ok: false,
      detail: `this is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'}`,
    };
  }
}
