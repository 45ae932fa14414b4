import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Counter, Registry } from 'prom-client';

/**
 * A centre for tests and demonstrations: it says its name to everybody, and its metrics to Prometheus.
 * `node dist/test/rig/center.js --name a --port 8080 [--host 0.0.0.0]`
 */
const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'a' },
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

const registry = new Registry();
const requests = new Counter({
  name: 'center_requests_total',
  help: 'Requests answered by this centre.',
  labelNames: ['center'],
  registers: [registry],
});
requests.inc({ center: values.name }, 0);

const server = createServer((request, response) => {
  response.setHeader('x-center', values.name);
  if (request.url === '/metrics') {
    response.setHeader('content-type', registry.contentType);
    registry.metrics().then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    );
    return;
  }
  if (request.url !== '/healthz') requests.inc({ center: values.name });
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ center: values.name, pid: process.pid })}\n`);
});

server.listen(Number(values.port), values.host);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
