import { request } from 'undici';
import { z } from 'zod';

/** What is asked over HTTP. */
export interface HttpCall {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token?: string | undefined;
  readonly body?: string;
  readonly type?: string;
}

const refusal = z.object({ error: z.string() });

const TIMEOUT_MS = 5_000;

/**
 * Asks once and gives the answer's text.
 *
 * @param name who is asked, for messages
 * @throws Error with one sentence when nobody answers within 5 s, or the answer is not 2xx
 */
export async function call(name: string, { method = 'GET', url, token, body, type }: HttpCall): Promise<string> {
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  try {
    const sent = body === undefined ? {} : { body };
    const answer = await request(url, { method, headers, ...sent, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return text;
    throw new Answered(`${name} at ${url} answers ${answer.statusCode}: ${complaintIn(text).slice(0, 300)}`);
  } catch (error) {
    if (error instanceof Answered) throw error;
    throw new Error(`${name} at ${url} cannot be asked: ${reasonOf(error)}`, { cause: error });
  }
}

/** Prometheus and fault switches say under `error` what is wrong; whatever else answers is shown as it is. */
function complaintIn(text: string): string {
  const told = refusal.safeParse(parsed(text));
  return told.success ? told.data.error : text.trim();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

class Answered extends Error {}

/** A host with several addresses fails once for each; the first says enough. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : 'no connection';
}
