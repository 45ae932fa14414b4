import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Json } from '../../src/plugin-sdk/index.js';

/** A request as it came in. */
export interface SeenRequest {
  readonly method: string;
  /** As it was sent, encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Whom a certificate of the client names that the service trusts; absent without TLS or such a certificate. */
  readonly client?: string;
}

/** What comes back: an answer, a connection that is closed without one, or nothing at all. */
export type StandInAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: Json;
      readonly text?: string;
    }
  | 'dropped'
  | 'silent'
  /** Does as it likes with the response. */
  | ((response: ServerResponse) => void);

/** A small HTTP service in the test's own process that stands in for a real one. */
export interface StandIn {
  readonly url: string;
  readonly port: number;
  /** All requests in their order. */
  readonly seen: readonly SeenRequest[];
  /** Those that are no GET or HEAD. */
  readonly writes: () => readonly SeenRequest[];
  /** Stops it, and closes what is still open. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a small HTTP service on a free port of 127.0.0.1.
 *
 * @param answer is asked about each request
 * @param tls speaks TLS with these certificates; plainly without
 */
export async function startStandIn(
  answer: (request: SeenRequest) => StandInAnswer,
  tls?: ServerOptions,
): Promise<StandIn> {
  const seen: SeenRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void read(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://stand-in');
      const { method = '', headers } = request;
      const path = (request.url ?? '').replace(/\?.*$/, '');
      const one = { method, path, query: url.searchParams, headers, body, ...clientOf(request) };
      seen.push(one);
      give(response, answer(one));
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the stand-in listens on no port');
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${at.port}`,
    port: at.port,
    seen,
    writes: () => seen.filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function give(response: ServerResponse, answer: StandInAnswer): void {
  if (answer === 'silent') return;
  if (answer === 'dropped') return void response.socket?.destroy();
  if (typeof answer === 'function') return answer(response);
  const { status, headers, json, text } = answer;
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
}

function clientOf({ socket }: IncomingMessage): { client?: string } {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return {};
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? { client: name } : {};
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
