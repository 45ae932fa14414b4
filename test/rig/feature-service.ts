import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Counter, Registry } from 'prom-client';
import { followEtcd, followFile, followRedis } from './feature-switches.js';

/**
 * A service for tests and demonstrations with a part that it can do without: recommendations. It leaves them out when the
 * request says `X-Feature-Enabled: false`, and when a switch that it follows is off. Each answer says in `x-feature` how
 * it was made.
 *
 * `node dist/test/rig/feature-service.js --port 8080 [--etcd http://127.0.0.1:2379 --key /features/recommendations]
 * [--redis 6379 --key feature:recommendations] [--file /etc/flags.json --key recommendations]`
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    etcd: { type: 'string' },
    redis: { type: 'string' },
    file: { type: 'string' },
    key: { type: 'string', default: 'recommendations' },
  },
});

let isOn = true;
const turn = (on: boolean): void => void (isOn = on);
if (values.etcd !== undefined) void followEtcd(values.etcd, values.key, turn);
if (values.redis !== undefined) followRedis(Number(values.redis), values.key, turn);
if (values.file !== undefined) followFile(values.file, values.key, turn);

const registry = new Registry();
const answers = new Counter({
  name: 'shop_answers_total',
  help: 'Answers of the shop, by whether they had recommendations.',
  labelNames: ['feature'],
  registers: [registry],
});
for (const feature of ['on', 'off']) answers.inc({ feature }, 0);

const catalogue = ['tea', 'coffee'];
const recommendations = ['biscuits'];

const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    response.setHeader('content-type', registry.contentType);
    registry.metrics().then(
      (text) => response.end(text),
      () => response.writeHead(500).end(),
    );
    return;
  }
  const served = isOn && request.headers['x-feature-enabled'] !== 'false';
  const feature = served ? 'on' : 'off';
  if (request.url !== '/healthz') answers.inc({ feature });
  response.setHeader('x-feature', feature);
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ catalogue, ...(served ? { recommendations } : {}) })}\n`);
});

server.listen(Number(values.port), '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
