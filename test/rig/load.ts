import { Agent, get } from 'node:http';

/** One request of the steady load; times are milliseconds since the epoch, with fractions. */
export interface Request {
  readonly sentAt: number;
  readonly doneAt: number;
  readonly ok: boolean;
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number;
  /** Which centre answered, if one did; or what the header says that was asked for. */
  readonly center: string;
}

/** A steady load that remembers every answer. */
export interface Load {
  /** All requests that have ended, in the order in which they were sent. */
  readonly requests: () => readonly Request[];
  /** Forgets everything that was sent before a moment. */
  readonly forgetBefore: (moment: number) => void;
  readonly stop: () => Promise<void>;
}

/** The present moment in milliseconds since the epoch, finer than `Date.now()`. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Sends requests at a steady rate and does not wait for one answer before the next request, like users.
 *
 * @param url where to
 * @param perSecond how many requests in a second
 * @param timeoutMs after this long a request has failed
 * @param headers further ones, such as a colour
 * @param noted the header of the answers that is remembered as `center`
 */
export function startLoad(
  url: string,
  perSecond = 50,
  timeoutMs = 2_000,
  headers: Readonly<Record<string, string>> = {},
  noted = 'x-center',
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const open = new Set<number>();
  let done: Request[] = [];
  let sent = 0;
  const send = (): void => {
    const id = sent++;
    open.add(id);
    const sentAt = now();
    const finish = (status: number, center: string): void => {
      if (open.delete(id)) done.push({ sentAt, doneAt: now(), ok: status >= 200 && status < 300, status, center });
    };
    const request = get(url, { agent, timeout: timeoutMs, headers }, (response) => {
      const center = response.headers[noted];
      response.resume();
      response.on('end', () => finish(response.statusCode ?? 0, typeof center === 'string' ? center : ''));
      response.on('error', () => finish(0, ''));
    });
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', () => finish(0, ''));
  };
  const timer = setInterval(send, 1000 / perSecond);
  return {
    requests: () => done.toSorted((x, y) => x.sentAt - y.sentAt),
    forgetBefore: (moment) => {
      done = done.filter((request) => request.sentAt >= moment);
    },
    stop: async () => {
      clearInterval(timer);
      agent.destroy();
      await Promise.resolve();
    },
  };
}
