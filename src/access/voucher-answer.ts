import { Agent, request } from 'undici';

/** What a service that vouches for people answered, or why it did not. */
export type VoucherAnswer =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | { readonly ok: false; readonly because: string };

/** What it says of one person, or the keys of an issuer, is far shorter. */
const MAX_ANSWER = 256 * 1024;

/** Connections of their own: nothing that a plugin does to its connections reaches these. */
const connections = new Agent({ keepAliveTimeout: 4_000, connections: 20 });

/**
 * Asks a service that vouches for people one question. Redirects are not followed, and what it sends packed is not unpacked.
 *
 * @param url of the question
 * @param headers everything that is sent beside
 * @param signal ends the waiting
 */
export async function askVoucher(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<VoucherAnswer> {
  try {
    const asked = request(url, {
      dispatcher: connections,
      headers: { ...headers, accept: 'application/json' },
      signal,
    });
    const { statusCode: status, body } = await unlessOver(asked, signal);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) return { ok: false, because: 'answered with something else than bytes' };
      length += chunk.byteLength;
      // leaving the loop closes the connection
      if (length > MAX_ANSWER) return { ok: false, because: `answered with more than ${MAX_ANSWER / 1024} KiB` };
      chunks.push(chunk);
    }
    return { ok: true, status, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    return { ok: false, because: signal.aborted ? 'did not answer in time' : `can't be reached: ${codeOf(error)}` };
  }
}

/** undici breaks off at once only what is connected; a host that swallows everything would be waited for longer. */
function unlessOver<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = (): void => reject(new Error('over'));
    signal.addEventListener('abort', over, { once: true });
    void asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', over));
  });
}

/** The code alone: messages of the network layer may repeat what was sent. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
