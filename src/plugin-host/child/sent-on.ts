import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** Headers that say for whom a request is made. */
export type SentOn = Readonly<Record<string, string>>;

/** What a call may send on, as long as it lasts. */
interface Call {
  readonly headers: SentOn;
  isOver: boolean;
}

/** A request that is about to be sent: that of `node:http`, or undici's, which is that of `fetch` too. */
interface Sending {
  readonly has: (name: string) => boolean;
  readonly add: (name: string, value: string) => void;
}

const calls = new AsyncLocalStorage<Call>();
let isListening = false;

/** Gives what is sent on from here; undefined outside of a call, and when it is over. */
export function sentOn(): SentOn | undefined {
  const call = calls.getStore();
  return call === undefined || call.isOver ? undefined : call.headers;
}

/**
 * Runs a call; whatever HTTP request it makes carries these headers, by whichever client, unless it has others of the same
 * name. What a plugin leaves running behind a call that is over, such as a connection, carries them no longer.
 */
export async function sendingOn<T>(headers: SentOn, run: () => Promise<T>): Promise<T> {
  listen();
  const call: Call = { headers, isOver: false };
  try {
    return await calls.run(call, run);
  } finally {
    call.isOver = true;
  }
}

/** Node says of every request that it is made, before anything of it is sent. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  for (const [channel, sending] of CHANNELS)
    subscribe(channel, (message) => {
      const headers = sentOn();
      const request = headers === undefined ? undefined : sending(message);
      if (request !== undefined && headers !== undefined) addTo(request, headers);
    });
}

/** A header that cannot be sent is left out: whoever listens here and fails would end the process. */
function addTo(request: Sending, headers: SentOn): void {
  for (const [name, value] of Object.entries(headers))
    try {
      if (!request.has(name)) request.add(name, value);
    } catch {
      continue;
    }
}

const CHANNELS: readonly (readonly [string, (message: unknown) => Sending | undefined])[] = [
  ['http.client.request.created', ofNode],
  ['undici:request:create', ofUndici],
];

function ofNode(message: unknown): Sending | undefined {
  const request = requestIn(message);
  if (!hasMethod(request, 'setHeader') || !hasMethod(request, 'hasHeader')) return undefined;
  return {
    has: (name) => request.hasHeader(name) === true,
    add: (name, value) => void request.setHeader(name, value),
  };
}

function ofUndici(message: unknown): Sending | undefined {
  const request = requestIn(message);
  if (!hasMethod(request, 'addHeader')) return undefined;
  const given = 'headers' in request ? request.headers : [];
  // older ones have them as the text that is sent
  const names =
    typeof given === 'string'
      ? given.split('\r\n').map((line) => line.split(':', 1)[0] ?? '')
      : Array.isArray(given)
        ? given.filter((_, i) => i % 2 === 0).map(String)
        : [];
  const known = new Set(names.map((name) => name.toLowerCase()));
  return { has: (name) => known.has(name), add: (name, value) => void request.addHeader(name, value) };
}

function requestIn(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
}

function hasMethod<K extends string>(
  value: unknown,
  name: K,
): value is { readonly [name in K]: (...given: readonly string[]) => unknown } {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}
