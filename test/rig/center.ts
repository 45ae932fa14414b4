import { createServer, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { Counter, Histogram, Registry } from 'prom-client';
import { faultSwitch } from './fault-switch.js';

/**
 * A centre for tests and demonstrations: it says its name to everybody, and its metrics to Prometheus.
 * `node dist/test/rig/center.js --name a --port 8080 [--host 0.0.0.0] [--faults 8081]`
 *
 * With `--faults` it has a fault switch on a port of its own (docs/drills.md): `latency` makes users wait, `errors` answers
 * 503 to everybody, Prometheus too, and `kill` refuses all connections. It has no password: only for drills.
 */
const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'a' },
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
    faults: { type: 'string' },
  },
});

const registry = new Registry();
const labels = { labelNames: ['center'], registers: [registry] };
const requests = new Counter({ name: 'center_requests_total', help: 'Requests answered by this centre.', ...labels });
requests.inc({ center: values.name }, 0);
const seconds = new Histogram({
  name: 'center_request_seconds',
  help: 'How long users waited for an answer of this centre.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 1, 2.5],
  ...labels,
});

let answered = 0;
let failed = 0;
const faults = faultSwitch((fault) => {
  [answered, failed] = [0, 0];
  if (fault?.fault === 'kill') {
    server.close();
    server.closeAllConnections();
  } else if (!server.listening) server.listen(Number(values.port), values.host);
});

/** Spreads the failures evenly: of ten answers with a share of 0.3 every third fails or so, never four in a row. */
function fails(share: number): boolean {
  answered++;
  if (failed + 1 > answered * share) return false;
  failed++;
  return true;
}

function serve(path: string | undefined, response: ServerResponse): void {
  if (path === '/metrics') {
    response.setHeader('content-type', registry.contentType);
    registry.metrics().then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    );
    return;
  }
  if (path !== '/healthz') requests.inc({ center: values.name });
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ center: values.name, pid: process.pid })}\n`);
}

const server = createServer(({ url }, response) => {
  const fault = faults.fault();
  const isUser = url !== '/metrics' && url !== '/healthz';
  if (isUser) {
    const done = seconds.startTimer({ center: values.name });
    response.on('finish', () => done());
  }
  response.setHeader('x-center', values.name);
  if (fault?.fault === 'errors' && fails(fault.share)) response.writeHead(503).end();
  else if (fault?.fault === 'latency' && isUser) setTimeout(() => serve(url, response), fault.latencyMs);
  else serve(url, response);
});

server.listen(Number(values.port), values.host);
if (values.faults !== undefined) faults.server.listen(Number(values.faults), values.host);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
