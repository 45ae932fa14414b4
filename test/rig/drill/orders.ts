import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Counter, Gauge, Registry } from 'prom-client';
import { tick } from './ledger.js';

/**
 * The service "orders" of one centre: it keeps each order in its own centre's PostgreSQL and says 201 after the commit.
 * `node dist/test/rig/drill/orders.js --center a --host 10.0.0.2 --port 8080 --database postgres://... --capacity 1000`
 *
 * `POST /orders?id=` · `GET /healthz` (the process and its database answer; a standby's does too) · `GET /ready` (the
 * database is a primary that takes connections) · `GET /metrics`
 */
const { values } = parseArgs({
  options: {
    center: { type: 'string', default: 'a' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    database: { type: 'string', default: '' },
    capacity: { type: 'string', default: '1000' },
    policies: { type: 'string', default: 'egress=1' },
  },
});
const { center } = values;

const registry = new Registry();
const registers = [registry];
const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
  new Gauge({ name, help, labelNames: ['center', ...labelNames], registers });
const requests = new Counter({
  name: 'orders_requests_total',
  help: 'Orders answered, by status.',
  labelNames: ['center', 'code'],
  registers,
});
const databaseUp = gauge('orders_database_up', '1 while the database of this centre answers.');
const primary = gauge('orders_database_primary', '1 while the database of this centre takes writes.');
const behind = gauge('orders_replication_lag_seconds', 'By how much the standby of this centre is behind.');
const timelines = gauge('orders_database_timeline', 'How often the primary of this centre was promoted.');
const load = gauge('orders_load', 'Orders in the last second.');
const capacity = gauge('orders_capacity', 'Orders in a second that this centre can take.');
const policy = gauge('policy_info', 'Policies that are in force in this centre.', ['policy', 'version']);
for (const code of ['201', '503']) requests.inc({ center, code }, 0);
capacity.set({ center }, Number(values.capacity));
for (const one of values.policies.split(',').filter((text) => text !== '')) {
  const [name = '', version = ''] = one.split('=');
  policy.set({ center, policy: name, version }, 1);
}

const pool = new pg.Pool({ connectionString: values.database, max: 16, connectionTimeoutMillis: 500 });
// A broken connection that rests in the pool: the pool makes a new one.
pool.on('error', () => undefined);
// Asks about health beside the writers, so that a pool full of waiting writes says nothing about the database; and in
// the database for maintenance, so that one which is closed on purpose is not taken for one that is lost.
const asking = new pg.Pool({
  connectionString: values.database.replace(/[^/]*$/, 'postgres'),
  max: 2,
  connectionTimeoutMillis: 300,
  query_timeout: 300,
});
asking.on('error', () => undefined);
// One that is in use when its server ends it: the question that is under way fails as well.
for (const one of [pool, asking]) one.on('connect', (client) => client.on('error', () => undefined));

type Role = 'primary' | 'standby' | 'down';

/** What the database is now; `timeline` rises with each promotion. */
interface Seen {
  readonly role: Role;
  readonly open: boolean;
  readonly lag: number;
  readonly timeline: number;
}

async function look(): Promise<Seen> {
  try {
    const { rows } = await asking.query<Seen>(QUESTION);
    return rows[0] ?? DOWN;
  } catch {
    return DOWN;
  }
}

const DOWN: Seen = { role: 'down', open: false, lag: 0, timeline: 0 };

// When all that was received is replayed, the age of the last commit says nothing.
const QUESTION = `SELECT
  CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END AS role,
  (SELECT datallowconn FROM pg_database WHERE datname = 'orders') AS open,
  CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END AS lag,
  CASE WHEN pg_is_in_recovery() THEN 0
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline`;

/** Inserts the order and gives the moment after the commit; a commit that no replica has confirmed is none. */
async function insert(id: string): Promise<number> {
  const client = await pool.connect();
  let doubt = '';
  const warned = (notice: { readonly message?: string | undefined }): void => {
    doubt = notice.message ?? 'a warning';
  };
  client.on('notice', warned);
  try {
    await client.query('INSERT INTO orders (id, center) VALUES ($1, $2)', [id, center]);
    if (doubt !== '') throw new Error(doubt);
    const at = tick();
    client.off('notice', warned);
    client.release();
    return at;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

let lately: number[] = [];

async function order(id: string, response: ServerResponse): Promise<void> {
  lately.push(performance.now());
  try {
    const at = await insert(id);
    response.setHeader('x-committed-at', at.toFixed(3));
    say(response, 201, { id, center });
  } catch (error) {
    say(response, 503, { center, error: error instanceof Error ? error.message : String(error) });
  }
}

async function metrics(response: ServerResponse): Promise<void> {
  const { role, lag, timeline } = await look();
  databaseUp.set({ center }, role === 'down' ? 0 : 1);
  primary.set({ center }, role === 'primary' ? 1 : 0);
  if (role === 'standby') behind.set({ center }, lag);
  else behind.reset();
  if (role === 'primary') timelines.set({ center }, timeline);
  else timelines.reset();
  lately = lately.filter((at) => at > performance.now() - 1_000);
  load.set({ center }, lately.length);
  response.setHeader('content-type', registry.contentType);
  response.end(await registry.metrics());
}

function say(response: ServerResponse, status: number, body: unknown): void {
  requests.inc({ center, code: String(status) });
  response.writeHead(status, { 'content-type': 'application/json', 'x-center': center });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://orders');
  request.resume();
  response.setHeader('x-center', center);
  if (url.pathname === '/metrics') return metrics(response);
  if (url.pathname === '/orders' && request.method === 'POST') return order(url.searchParams.get('id') ?? '', response);
  const { role, open } = await look();
  const ok = url.pathname === '/ready' ? role === 'primary' && open : role !== 'down';
  response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ center, database: role })}\n`);
}

createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
}).listen(Number(values.port), values.host);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
