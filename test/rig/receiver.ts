import { createServer } from 'node:http';
import { z } from 'zod';
import { freePort } from './processes.js';

const told = z.object({ id: z.string(), event: z.string(), title: z.string() });

/** A message that arrived; `key` is what the sender calls it. */
export type Arrival = z.infer<typeof told> & { readonly key: string };

/** An HTTP server that people are told through. */
export interface RigReceiver {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** What it answers from now on. */
  answer(status: number): void;
  readonly stop: () => Promise<void>;
}

/** Starts it; it takes everything until it is told otherwise. */
export async function startReceiver(): Promise<RigReceiver> {
  const arrivals: Arrival[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      arrivals.push({ ...told.parse(JSON.parse(body)), key: String(request.headers['idempotency-key']) });
      response.writeHead(status).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/hook/canary-of-the-address`,
    arrivals,
    answer: (next) => {
      status = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
