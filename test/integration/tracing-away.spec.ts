import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { spansInJson } from '../rig/otlp-spans.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { startStandIn, type StandIn } from '../rig/stand-in.js';
import { waitFor } from '../rig/wait-for.js';
import { fire, inPhase, RUNBOOKS, settingsFor, startQueues } from './tracing-kit.js';

const folder = rigFolder('tracing-away');
const loaded = join(folder, 'loaded');
/** Notes every module of OpenTelemetry that a process loads. */
const NOTE_MODULES = `--import=data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { appendFileSync } from 'node:fs';
  registerHooks({ load: (url, context, next) => {
    if (url.includes('/@opentelemetry/')) appendFileSync(${JSON.stringify(loaded)}, url + '\\n');
    return next(url, context);
  } });`)}`;

const line = z.looseObject({ level: z.string(), message: z.string(), time: z.string() });
/** What a request is called that is refused. */
const REFUSED = 'POST /api/v1/simulations';
let redis: RigRedis;
let queues: StandIn;

beforeAll(async () => {
  [redis, queues] = await Promise.all([startRedis(), startQueues()]);
}, 60_000);
afterAll(async () => {
  await redis?.stop();
  await queues?.close();
  removeFolder(folder);
});

const start = (env: Readonly<Record<string, string>>): Promise<RigService> =>
  startService({ runbooks: RUNBOOKS, settings: settingsFor(queues), env: { FIREBREAK_REDIS_URL: redis.url, ...env } });

describe('with tracing off', () => {
  let service: RigService;
  beforeAll(async () => {
    service = await start({ NODE_OPTIONS: NOTE_MODULES });
  }, 60_000);
  afterAll(() => service?.stop());

  it('I15: nothing of OpenTelemetry is loaded but its API, which does nothing', () => {
    const modules = existsSync(loaded) ? readFileSync(loaded, 'utf8').trim().split('\n') : [];
    const packages = modules.map((url) => /@opentelemetry\/([^/]+)/.exec(url)?.[1]);
    expect([...new Set(packages)]).toEqual(['api']);
  });

  it('B4: the ids of a caller are carried through every hop all the same', { timeout: 90_000 }, async () => {
    const ids = { 'x-request-id': 'ticket-7/a', 'x-trace-id': 'incident.7' };
    const { executionId, headers } = await fire(service.url, { alertname: 'acts', queue: 'off' }, ids);
    expect([headers.get('x-request-id'), headers.get('x-trace-id')]).toEqual(['ticket-7/a', 'incident.7']);
    await inPhase(service.url, executionId, 'closed');
    const told = await waitFor('a message', () => queues.seen.find(({ path }) => path === '/hook'), 30_000);
    const acted = queues.seen.filter(({ path }) => path.startsWith('/queues/off'));
    expect(acted.length).toBeGreaterThan(3);
    for (const { headers: got } of [told, ...acted]) {
      expect(got).toMatchObject(ids);
      expect(got).not.toHaveProperty('traceparent');
      expect(got).not.toHaveProperty('baggage');
    }
    const kept: unknown = await (await fetch(`${service.url}/api/v1/executions/${executionId}`)).json();
    expect(kept).toMatchObject({ origin: { requestId: 'ticket-7/a', traceId: 'incident.7' } });
  });

  it('B4: ids are made where a caller has none, or some that could do harm', { timeout: 90_000 }, async () => {
    const bad = { 'x-request-id': 'a b', 'x-trace-id': `${'x'.repeat(129)}` };
    const { executionId, headers } = await fire(service.url, { alertname: 'acts', queue: 'made' }, bad);
    await inPhase(service.url, executionId, 'closed');
    const requestId = headers.get('x-request-id') ?? '';
    const traceId = headers.get('x-trace-id') ?? '';
    expect([requestId, traceId]).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    const acted = queues.seen.find(({ path }) => path.startsWith('/queues/made'));
    expect(acted?.headers).toMatchObject({ 'x-request-id': requestId, 'x-trace-id': traceId });
  });
});

describe('with a collector that takes spans and never answers', () => {
  let collector: StandIn;
  let service: RigService;
  beforeAll(async () => {
    collector = await startStandIn(() => 'silent');
    service = await start({
      FIREBREAK_LOG_LEVEL: 'warn',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
  }, 60_000);
  afterAll(async () => {
    await service?.stop();
    await collector?.close();
  });

  it(
    'I15: work goes on, one line of the log a minute says it, and the service stops',
    { timeout: 120_000 },
    async () => {
      const { executionId } = await fire(service.url, { alertname: 'acts', queue: 'lost' }, {});
      expect(await inPhase(service.url, executionId, 'closed')).toMatchObject({ outcome: 'succeeded' });
      const lostMany = async (): Promise<boolean> => {
        // refused, and a span all the same
        await (await fetch(`${service.url}/api/v1/simulations`, { method: 'POST' })).text();
        // on a busy machine a batch may be given up before it has come
        return collector.seen.filter(({ body }) => body.includes(REFUSED)).length >= 5;
      };
      await waitFor('many batches to be lost', lostMany, 60_000);
      const lost = service
        .process()
        .output(1_000)
        .split('\n')
        .flatMap((text) => (text.includes('spans are lost') ? [line.parse(JSON.parse(text))] : []));
      expect(new Set(lost.map(({ level }) => level))).toEqual(new Set(['warn']));
      const times = lost.map(({ time }) => Date.parse(time));
      for (const [i, time] of times.slice(1).entries()) expect(time - (times[i] ?? 0)).toBeGreaterThan(59_000);
      await service.stop();
    },
  );

  it('spans go out as JSON where that is wanted', () => {
    const [first] = collector.seen;
    expect([first?.path, first?.headers['content-type']]).toEqual(['/v1/traces', 'application/json']);
    const names = collector.seen.flatMap(({ body }) => spansInJson(Buffer.from(body))).map(({ name }) => name);
    expect(names).toContain(REFUSED);
  });
});
