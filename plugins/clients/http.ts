import { request, type Agent } from 'undici';
import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';

const MAX_ANSWER = 1024 * 1024;

/** The schema of an http(s) address in a plugin's configuration; credentials belong into a `secret()` field of their own. */
export const httpUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '';
}, 'must not carry a user name or password: use token');

/** One request; what it is called in errors, so that the address need not be shown. */
export interface HttpRequest {
  readonly name: string;
  readonly method: 'GET' | 'POST';
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
 * @throws PluginError `target-unreachable`, `timed-out`, `aborted` or `answer-too-long`
 */
export async function exchange(agent: Agent, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { name, timeoutMs } = wanted;
  const made = await attempt(agent, wanted, signal);
  if (made.answered) return made.answer;
  if (made.because === 'timed-out') throw new PluginError('timed-out', `${name} did not answer within ${timeoutMs} ms`);
  throw new PluginError('target-unreachable', `${name} can't be reached: ${made.reason}`);
}

/**
 * Makes one request like `exchange`, for those to whom no answer is an answer too.
 *
 * @param signal breaks it off
 * @throws PluginError `aborted` or `answer-too-long`
 */
export async function attempt(agent: Agent, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAttempt> {
  const { name, method, url, headers, timeoutMs } = wanted;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const either = AbortSignal.any([signal, deadline]);
    const answer = await request(url, {
      dispatcher: agent,
      method,
      headers,
      body: wanted.body ?? null,
      signal: either,
    });
    const status = answer.statusCode;
    if (wanted.statusOnly !== true)
      return { answered: true, answer: { status, text: await readAll(answer.body, name) } };
    // The status is known: whatever goes wrong with the rest does not change it.
    await answer.body.dump({ limit: MAX_ANSWER, signal: either }).catch(() => {});
    return { answered: true, answer: { status, text: '' } };
  } catch (error) {
    if (error instanceof PluginError) throw error;
    if (signal.aborted) throw new PluginError('aborted', `${name} was not waited for: the call was broken off`);
    if (deadline.aborted) return { answered: false, because: 'timed-out' };
    return { answered: false, because: 'unreachable', reason: reasonOf(error) };
  }
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

/** The code alone where there is one: messages of the network layer may repeat what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
