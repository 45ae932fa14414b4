import type { Readable } from 'node:stream';
import { request, type Agent } from 'undici';
import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';

const MAX_ANSWER = 1024 * 1024;
/** How undici calls what its parser does not take; the connection was there. */
const NO_HTTP = /^(HPE_|HTTPParserError)/;
const HUNG_UP = 'UND_ERR_SOCKET';

/** The schema of an http(s) address in a plugin's configuration; credentials belong into a `secret()` field of their own. */
export const httpUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '';
}, 'must not carry a user name or password: use token');

/** Methods that requests may have; the last two are those of caches. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PURGE' | 'BAN';

/** One request; what it is called in errors, so that the address need not be shown. */
export interface HttpRequest {
  readonly name: string;
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything together, in milliseconds. */
  readonly timeoutMs: number;
  /** Only the status counts; `text` stays empty. */
  readonly statusOnly?: boolean;
}

/** What came back: any status, redirects included, which are not followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** Gives a header by its name in lower case, joined when it came several times; undefined when it is not there. */
  readonly header: (name: string) => string | undefined;
}

/** What came of a request: an answer, or why there is none, as a code of the network layer such as `ECONNREFUSED`. */
export type HttpAttempt =
  | { readonly answered: true; readonly answer: HttpAnswer }
  | { readonly answered: false; readonly because: 'timed-out' }
  | { readonly answered: false; readonly because: 'unreachable'; readonly reason: string };

/**
 * Makes one request and reads the answer, of which it takes no more than 1 MiB.
 *
 * @param signal breaks it off
 * @throws PluginError `target-unreachable`, `timed-out`, `aborted`, `answer-too-long`, `not-understood` (no HTTP,
 *   or packed) or what the agent refuses
 */
export async function exchange(agent: Agent, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { name, timeoutMs } = wanted;
  const made = await attempt(agent, wanted, signal);
  if (made.answered) return made.answer;
  if (made.because === 'timed-out') throw new PluginError('timed-out', `${name} did not answer within ${timeoutMs} ms`);
  if (NO_HTTP.test(made.reason)) {
    const what = `${name} answered something that is no HTTP: look whether its address and port are those of an HTTP server`;
    throw new PluginError('not-understood', what);
  }
  const why =
    made.reason === HUNG_UP ? 'closed the connection before it had answered' : `can't be reached: ${made.reason}`;
  throw new PluginError('target-unreachable', `${name} ${why}`);
}

/**
 * Makes one request like `exchange`, for those to whom no answer is an answer too.
 *
 * @param signal breaks it off
 * @throws PluginError `aborted`, `answer-too-long`, `not-understood` (packed) or what the agent refuses
 */
export async function attempt(agent: Agent, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAttempt> {
  const { name, method, url, headers, timeoutMs } = wanted;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const either = AbortSignal.any([signal, deadline]);
    const asked = request(url, { dispatcher: agent, method, headers, body: wanted.body ?? null, signal: either });
    const answer = await unlessAborted(asked, either);
    const status = answer.statusCode;
    const header = headerIn(answer.headers);
    if (wanted.statusOnly !== true) {
      // Nothing is unpacked here, so a small answer can't become a huge one.
      if (!['', 'identity'].includes(header('content-encoding') ?? '')) throw packed(name, answer.body);
      return { answered: true, answer: { status, header, text: await readAll(answer.body, name) } };
    }
    // The status is known: whatever goes wrong with the rest does not change it.
    await answer.body.dump({ limit: MAX_ANSWER, signal: either }).catch(() => {});
    return { answered: true, answer: { status, header, text: '' } };
  } catch (error) {
    if (error instanceof PluginError) throw error;
    if (signal.aborted) throw new PluginError('aborted', `${name} was not waited for: the call was broken off`);
    if (deadline.aborted) return { answered: false, because: 'timed-out' };
    return { answered: false, because: 'unreachable', reason: reasonOf(error) };
  }
}

/**
 * undici breaks off at once only what is connected: a host that swallows everything would be waited for beyond the time-out.
 * What is broken off while connecting is not sent any more when the connection comes.
 */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function readAll(body: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (length > MAX_ANSWER) throw new PluginError('answer-too-long', `${name} answered with more than 1 MiB`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headerIn(headers: Readonly<Record<string, string | string[] | undefined>>): HttpAnswer['header'] {
  return (name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

function packed(name: string, body: Readable): PluginError {
  body.on('error', () => {}).destroy();
  return new PluginError('not-understood', `${name} answered with packed data, which nobody asked for`, false);
}

/** The code alone where there is one: messages of the network layer may repeat what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
