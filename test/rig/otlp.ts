import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { spansInJson, spansInProtobuf, type ReceivedSpan } from './otlp-spans.js';

/** A collector of traces that speaks OTLP over HTTP, as protobuf and as JSON. */
export interface RigOtlp {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** All spans, in the order in which they came. */
  readonly spans: () => readonly ReceivedSpan[];
  /** Everything that came, as bytes: what is looked for there would have gone out. */
  readonly bodies: readonly Buffer[];
  /** In which format it came. */
  readonly types: ReadonlySet<string>;
  readonly stop: () => Promise<void>;
}

/** Starts it on a free port of this machine. */
export async function startOtlp(): Promise<RigOtlp> {
  const bodies: Buffer[] = [];
  const spans: ReceivedSpan[] = [];
  const types = new Set<string>();
  const unread: (() => ReceivedSpan[])[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const type = request.headers['content-type'] ?? '';
      bodies.push(body);
      types.add(`${request.url} ${type}`);
      if (request.url === '/v1/traces')
        unread.push(() => (type === 'application/json' ? spansInJson(body) : spansInProtobuf(body)));
      response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the collector listens on no port');
  return {
    url: `http://127.0.0.1:${at.port}`,
    spans: () => {
      for (const read of unread.splice(0)) spans.push(...read());
      return spans;
    },
    bodies,
    types,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
