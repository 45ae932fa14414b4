import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const HOUR_MS = 3_600_000;
const forMs = z.int().min(1).max(HOUR_MS);
const wish = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('latency'), latencyMs: z.int().min(1).max(600_000), forMs }),
  z.strictObject({ fault: z.literal('kill'), forMs }),
  z.strictObject({ fault: z.literal('errors'), share: z.number().gt(0).max(1), forMs }),
]);

/** A fault that somebody wants, as docs/drills.md has it. */
export type Fault = z.output<typeof wish>;

/** The fault in force, which ends by itself. */
export interface FaultSwitch {
  readonly fault: () => Fault | undefined;
  /** A server of its own, so that a service that is "killed" can be brought back. */
  readonly server: Server;
}

/**
 * Makes a fault switch: GET says what is in force, PUT makes a fault for some time, DELETE takes it back.
 *
 * @param turned hears of every fault, and of the end of each
 */
export function faultSwitch(turned: (fault: Fault | undefined) => void): FaultSwitch {
  let fault: Fault | undefined;
  let timer: NodeJS.Timeout | undefined;
  const turn = (next: Fault | undefined): void => {
    clearTimeout(timer);
    fault = next;
    if (next !== undefined) timer = setTimeout(() => turn(undefined), next.forMs);
    turned(next);
  };
  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'PUT') {
      const asked = wish.safeParse(await bodyOf(request));
      if (!asked.success) return answer(response, 400, { error: z.prettifyError(asked.error) });
      turn(asked.data);
    } else if (request.method === 'DELETE') turn(undefined);
    else if (request.method !== 'GET') return answer(response, 405, { error: 'GET, PUT or DELETE' });
    answer(response, 200, { fault: null, ...fault });
  };
  return { fault: () => fault, server: createServer((request, response) => void serve(request, response)) };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await text(request));
  } catch {
    return undefined;
  }
}
