import { request } from 'undici';
import { z } from 'zod';
import { EXIT, Stopped } from './command.js';

/** A question to a running service. */
export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Without the query; what comes from a person is put in with `part`. */
  readonly path: string;
  /** What is not given is left out. */
  readonly query?: { readonly [name: string]: string | undefined };
  readonly body?: object;
}

const TIMEOUT_MS = 30_000;
const problem = z.object({ title: z.string(), detail: z.string(), code: z.string() });

/** Makes a part of a path of what a person wrote. */
export function part(text: string): string {
  return encodeURIComponent(text);
}

/**
 * Asks the service at FIREBREAK_URL, with FIREBREAK_TOKEN if there is one.
 *
 * @param schema what is read of the answer
 * @param question what is asked
 * @throws Stopped with one sentence when the service says no or cannot be asked
 */
export async function ask<T>(schema: z.ZodType<T>, question: Question): Promise<T> {
  const read = schema.safeParse(json(await askText(question)));
  if (read.success) return read.data;
  throw new Stopped(`${question.path} answers in a way that this version of firebreak does not understand`);
}

/** The same for an answer that is shown as it is. */
export async function askText({ method = 'GET', path, query = {}, body }: Question): Promise<string> {
  const base = process.env['FIREBREAK_URL'] ?? 'http://localhost:9700';
  const token = process.env['FIREBREAK_TOKEN'];
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] satisfies [string, string]],
  );
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const limits = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
  const { status, text } = await send(`${base.replace(/\/+$/, '')}${path}${search}`, {
    method,
    headers,
    ...sent,
    ...limits,
  });
  if (status >= 200 && status < 300) return text;
  throw new Stopped(refusal(status, text));
}

async function send(
  url: string,
  options: NonNullable<Parameters<typeof request>[1]>,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await request(url, options);
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    const [address] = url.split('/api/');
    throw new Stopped(
      `${address} cannot be asked: ${reasonOf(error)}; FIREBREAK_URL names the service`,
      EXIT.unavailable,
    );
  }
}

function refusal(status: number, text: string): string {
  const told = problem.safeParse(json(text));
  if (!told.success) return `HTTP ${status}, and it was not Firebreak that answered: ${text.trim().slice(0, 200)}`;
  const { title, detail, code } = told.data;
  const advice = code === 'unauthenticated' ? '; put the token into FIREBREAK_TOKEN' : '';
  return `${title.replace(/[?.]$/, '')}: ${detail}${advice} (${code})`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A host with several addresses fails once for each; the first says enough. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : 'no connection';
}
