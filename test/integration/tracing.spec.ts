import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookBody } from '../rig/alert-bodies.js';
import { startOtlp, type RigOtlp } from '../rig/otlp.js';
import type { ReceivedSpan } from '../rig/otlp-spans.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { spanTree } from '../rig/span-tree.js';
import type { StandIn } from '../rig/stand-in.js';
import { waitFor } from '../rig/wait-for.js';
import { fire, inPhase, RUNBOOKS, settingsFor, spanNamed, startQueues } from './tracing-kit.js';

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACED = {
  traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01`,
  tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  'x-request-id': 'from-alertmanager-1',
};

let redis: RigRedis;
let otlp: RigOtlp;
let queues: StandIn;
let api: RigService;
let worker: RigService;

beforeAll(async () => {
  [redis, otlp, queues] = await Promise.all([startRedis(), startOtlp(), startQueues()]);
  const start = (role: string): Promise<RigService> =>
    startService({
      runbooks: RUNBOOKS,
      settings: settingsFor(queues),
      env: {
        FIREBREAK_REDIS_URL: redis.url,
        FIREBREAK_ROLE: role,
        FIREBREAK_SOURCE_ID: `the-${role}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
  [api, worker] = await Promise.all([start('api'), start('worker')]);
}, 90_000);

afterAll(async () => {
  for (const part of [api, worker, redis, otlp]) await part?.stop();
  await queues?.close();
});

const inTrace = (traceId: string): ReceivedSpan[] => otlp.spans().filter((span) => span.traceId === traceId);

/** Spans come in batches: all are there when the last turn of the execution is. */
const wholeTrace = (traceId: string): Promise<ReceivedSpan[]> =>
  waitFor(
    'the whole trace',
    () => {
      const spans = inTrace(traceId);
      const ends = spans.some(({ attributes }) => attributes['firebreak.phase.after'] === 'closed');
      const known = new Set([...spans.map(({ spanId }) => spanId), CALLER.spanId, '']);
      return ends && spans.every(({ parentId }) => known.has(parentId)) ? spans : undefined;
    },
    30_000,
  );

describe('one trace', () => {
  let id: string;
  let headers: Headers;
  let spans: ReceivedSpan[];
  beforeAll(async () => {
    ({ executionId: id, headers } = await fire(api.url, { alertname: 'acts', queue: 'orders' }, TRACED));
    await inPhase(api.url, id, 'closed');
    spans = await wholeTrace(CALLER.traceId);
    console.log(spanTree(spans));
  }, 90_000);
  const named = (name: string): ReceivedSpan[] => spans.filter((span) => span.name === name);

  it('holds all spans from webhook to verification, across an api and a worker process', () => {
    const kinds = new Map(spans.map(({ name, kind }) => [name, kind]));
    expect(Object.fromEntries(kinds)).toEqual({
      'POST /api/v1/alert/trigger': 'server',
      'execution.open': 'producer',
      'execution.advance': 'consumer',
      'execution.verify': 'internal',
      'plugin.check': 'client',
      'plugin.plan': 'client',
      'plugin.apply': 'client',
      'plugin.measure': 'client',
    });
    const processes = (name: string) => new Set(named(name).map(({ resource }) => resource['service.instance.id']));
    expect(processes('POST /api/v1/alert/trigger')).toEqual(new Set(['the-api']));
    expect(processes('execution.advance')).toEqual(new Set(['the-worker']));
    expect(processes('plugin.apply')).toEqual(new Set(['the-worker']));
  });

  it('goes on from the caller, and every parent is there', () => {
    const [root] = named('POST /api/v1/alert/trigger');
    expect(root?.parentId).toBe(CALLER.spanId);
    const parents = (name: string): (string | undefined)[] => [
      ...new Set(named(name).map((span) => spans.find(({ spanId }) => spanId === span.parentId)?.name)),
    ];
    expect(parents('execution.open')).toEqual(['POST /api/v1/alert/trigger']);
    expect(parents('execution.advance')).toEqual(['execution.open']);
    expect(parents('execution.verify')).toEqual(['execution.advance']);
    expect(parents('plugin.apply')).toEqual(['execution.advance']);
    expect(parents('plugin.measure')).toContain('execution.verify');
  });

  it('says what was done, on what, and what came of it', () => {
    const [root] = named('POST /api/v1/alert/trigger');
    expect(root?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/v1/alert/trigger',
      'http.response.status_code': 202,
      'firebreak.request_id': 'from-alertmanager-1',
      'firebreak.alerts': 1,
      'firebreak.opened': 1,
    });
    expect(named('plugin.apply')[0]?.attributes).toEqual({
      'firebreak.plugin': 'http',
      'firebreak.part': 'request',
      'firebreak.step': 'close',
      'firebreak.target': 'queue/orders',
      'firebreak.execution_id': id,
      'firebreak.result': 'ok',
    });
    const turns = named('execution.advance').toSorted((a, b) => (a.start < b.start ? -1 : 1));
    expect(turns[0]?.attributes).toMatchObject({
      'firebreak.phase.before': 'planning',
      'messaging.system': 'bullmq',
      'messaging.operation.type': 'process',
    });
    expect(turns.at(-1)?.attributes).toMatchObject({
      'firebreak.phase.after': 'closed',
      'firebreak.outcome': 'succeeded',
    });
    expect(named('execution.verify').map(({ attributes }) => attributes['firebreak.sample'])).toEqual([
      'healthy',
      'healthy',
    ]);
    expect(root?.resource).toMatchObject({
      'service.name': 'firebreak',
      'service.version': expect.stringMatching(/^\d/),
      'deployment.environment.name': 'test',
    });
  });

  it('S18: tells nothing of the command line and of the user of a process', () => {
    const told = new Set(spans.flatMap(({ resource }) => Object.keys(resource)));
    expect(told).toContain('host.name');
    expect([...told].filter((name) => name.startsWith('process.'))).toEqual([]);
  });

  it('comes as protobuf, and nothing but traces comes', () => {
    expect([...otlp.types]).toEqual(['/v1/traces application/x-protobuf']);
  });

  it('B4: the ids are answered, kept with the execution, and sent on with the span of the very call', async () => {
    expect(headers.get('x-request-id')).toBe('from-alertmanager-1');
    expect(headers.get('x-trace-id')).toBe(CALLER.traceId);
    const kept: unknown = await (await fetch(`${api.url}/api/v1/executions/${id}`)).json();
    expect(kept).toMatchObject({ origin: { requestId: 'from-alertmanager-1', traceId: CALLER.traceId } });
    const sent = queues.seen.filter(({ path }) => path.startsWith('/queues/orders'));
    expect(sent.length).toBeGreaterThan(3);
    for (const { headers: got, method } of sent) {
      expect(got).toMatchObject({ 'x-request-id': 'from-alertmanager-1', 'x-trace-id': CALLER.traceId });
      expect(got['baggage']).toBe(`firebreak.execution_id=${id},firebreak.request_id=from-alertmanager-1`);
      expect(got['tracestate']).toBe(TRACED.tracestate);
      const span = spanNamed(got['traceparent'], spans);
      if (method === 'POST') expect(span?.name).toBe('plugin.apply');
      else expect(span?.name).toMatch(/^plugin\.(check|plan|apply|measure)$/);
    }
  });

  it('B4: a notifier in a child process sends them on too, in a trace of its own that is linked', async () => {
    const told = await waitFor('a message', () => queues.seen.find(({ path }) => path === '/hook'), 30_000);
    expect(told.headers).toMatchObject({ 'x-request-id': 'from-alertmanager-1', 'x-trace-id': CALLER.traceId });
    expect(told.headers).not.toHaveProperty('tracestate');
    const span = await waitFor('its span', () => spanNamed(told.headers['traceparent'], otlp.spans()), 30_000);
    expect(span).toMatchObject({ name: 'plugin.send', kind: 'client', parentId: '' });
    expect(span.traceId).not.toBe(CALLER.traceId);
    const [opening] = named('execution.open');
    expect(span.links).toEqual([{ traceId: CALLER.traceId, spanId: opening?.spanId }]);
  });
});

describe('a trace', () => {
  it('of an approval is that of the person who agreed, and each links the other', { timeout: 90_000 }, async () => {
    const traceId = '1bf7651916cd43dd8448eb211c80319d';
    const { executionId } = await fire(api.url, { alertname: 'asks', queue: 'mails' }, { 'x-trace-id': traceId });
    const { plan } = await inPhase(api.url, executionId, 'awaiting-approval');
    const agreed = await fetch(`${api.url}/api/v1/executions/${executionId}/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ digest: plan?.digest, reason: 'a test' }),
    });
    expect(agreed.status).toBe(200);
    await inPhase(api.url, executionId, 'closed');
    await wholeTrace(traceId);
    // it is nobody's parent, and comes from another process than what follows from it
    const approval = await waitFor(
      'the span of the agreement',
      () => inTrace(traceId).find(({ name }) => name === 'execution.approved'),
      30_000,
    );
    const spans = inTrace(traceId);
    const request = await waitFor(
      'the span of the request',
      () => otlp.spans().find(({ name }) => name === 'POST /api/v1/executions/:id/approve'),
      30_000,
    );
    expect(request).toMatchObject({ kind: 'server', parentId: '', traceId: agreed.headers.get('x-trace-id') });
    expect(approval.links).toEqual([{ traceId: request.traceId, spanId: request.spanId }]);
    expect(request.links).toEqual([{ traceId, spanId: approval.spanId }]);
    expect(spans.find(({ spanId }) => spanId === approval.parentId)?.name).toBe('execution.open');
    console.log(spanTree([...spans, request]));
  });

  it(
    'that the caller does not keep is not kept here, and its ids go on all the same',
    { timeout: 90_000 },
    async () => {
      const traceId = '2cf7651916cd43dd8448eb211c80319e';
      const unsampled = { traceparent: `00-${traceId}-${CALLER.spanId}-00` };
      const { executionId } = await fire(api.url, { alertname: 'acts', queue: 'quiet' }, unsampled);
      await inPhase(api.url, executionId, 'closed');
      const sent = queues.seen.filter(({ path }) => path.startsWith('/queues/quiet'));
      for (const { headers } of sent)
        expect(headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
      expect(inTrace(traceId)).toEqual([]);
    },
  );

  it(
    'is not begun by a webhook that brings nothing new, unless its sender traces it',
    { timeout: 60_000 },
    async () => {
      const labels = { alertname: 'nobody-answers', queue: 'x' };
      const send = (headers: Record<string, string>): Promise<unknown> =>
        fetch(`${api.url}/api/v1/alert/trigger`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: webhookBody([{ labels, startsAt: Date.now() - 1_000 }]),
        });
      const asked = '3df7651916cd43dd8448eb211c80319f';
      await send({ 'x-trace-id': '4ef7651916cd43dd8448eb211c803190' });
      await send({ traceparent: `00-${asked}-${CALLER.spanId}-01` });
      await waitFor('the one that is wanted', () => inTrace(asked).length > 0, 30_000);
      expect(inTrace('4ef7651916cd43dd8448eb211c803190')).toEqual([]);
    },
  );

  it(
    'of what a storm has stopped holds what is proposed for the whole group, and every parent is there',
    { timeout: 60_000 },
    async () => {
      const traceId = '5ff7651916cd43dd8448eb211c803191';
      const send = (queue: string, headers: Record<string, string> = {}): Promise<unknown> =>
        fetch(`${api.url}/api/v1/alert/trigger`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: webhookBody([{ labels: { alertname: 'floods', queue }, startsAt: Date.now() - 1_000 }]),
        });
      await send('one');
      await send('two');
      await send('three', { 'x-trace-id': traceId });
      const spans = await waitFor(
        'the proposal with its parents',
        () => {
          const found = inTrace(traceId);
          const known = new Set(found.map(({ spanId }) => spanId));
          const isWhole = found.every(({ parentId }) => parentId === '' || known.has(parentId));
          return isWhole && found.some(({ name }) => name === 'execution.advance') ? found : undefined;
        },
        30_000,
      );
      const openings = spans.filter(({ name }) => name === 'execution.open').map(({ attributes }) => attributes);
      expect(openings).toHaveLength(2);
      expect(openings).toContainEqual(
        expect.objectContaining({ 'firebreak.runbook': 'floods', 'firebreak.refused': 'storm' }),
      );
      expect(openings).toContainEqual(expect.objectContaining({ 'firebreak.runbook': 'asks' }));
    },
  );

  it.each([
    ['nonsense', 'not-a-trace'],
    ['zeros', `00-${'0'.repeat(32)}-${CALLER.spanId}-01`],
    ['capitals', `00-${CALLER.traceId.toUpperCase()}-${CALLER.spanId}-01`],
  ])('does not go on from a traceparent that is none: %s', async (_, traceparent) => {
    const { headers } = await fire(api.url, { alertname: 'acts', queue: 'q' }, { traceparent }).catch(async () => ({
      headers: (await fetch(`${api.url}/api/v1/alert/trigger`, { method: 'POST', headers: { traceparent } })).headers,
    }));
    expect(headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get('x-trace-id')).not.toBe(CALLER.traceId);
  });

  it('B2: shows each source of configuration, with its version', async () => {
    const loads = await waitFor(
      'the spans of both processes',
      () => {
        const found = otlp.spans().filter(({ name }) => name === 'config.load');
        return found.length >= 8 ? found : undefined;
      },
      30_000,
    );
    const of = (source: string, end: string) =>
      loads.find(
        ({ attributes }) => attributes['config.source'] === source && String(attributes['config.path']).endsWith(end),
      );
    expect(of('file', '/runbooks')?.attributes).toEqual({
      'config.source': 'file',
      'config.path': expect.stringMatching(/^file:\/\/\/.*\/runbooks$/),
      'config.format': 'yaml',
      'config.version': expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(of('file', '/topology.yaml')?.attributes).toMatchObject({ 'config.format': 'yaml' });
    expect(of('file', '/firebreak.yaml')?.attributes).toMatchObject({
      'config.version': expect.stringMatching(/^20\d\d-/),
    });
    expect(of('env', 'env:')?.attributes).toMatchObject({ 'config.format': 'env' });
  });
});
