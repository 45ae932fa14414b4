import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type ApiApp } from './api-app.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLERS = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, tracestate: 'a=b', baggage: 'x=y' };

/** Every span that would be sent, with the id of its trace. */
const sent: { readonly name: string; readonly traceId: string }[] = [];
const sdk = new NodeSDK({
  instrumentations: [],
  metricReaders: [],
  logRecordProcessors: [],
  spanProcessors: [
    {
      onStart: () => undefined,
      onEnd: (span) => void sent.push({ name: span.name, traceId: span.spanContext().traceId }),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  ],
});

let api: ApiApp;
beforeAll(async () => {
  sdk.start();
  api = await startApi({ access: { rateLimit: { perMinute: 5 } } });
});
afterAll(async () => {
  await api.close();
  await sdk.shutdown();
});

it.each([
  ['POST', '/api/v1/alert/trigger'],
  ['POST', '/api/v1/pauses'],
  ['POST', '/api/v1/drills'],
  ['GET', '/prometheus/api/v1/query?query=1'],
  ['GET', '/nothing'],
  ['GET', '/metrics'],
  ['GET', '/-/healthy'],
  ['GET', '/login'],
  ['POST', '/login/local'],
] as const)('S10: a stranger makes no span, and has none put into a trace of others: %s %s', async (method, path) => {
  sent.length = 0;
  await api.send(method, path, undefined, undefined, CALLERS);
  expect(sent).toEqual([]);
});

it('S10: who may come in makes one, also for what is refused then, and none once it is too often', async () => {
  sent.length = 0;
  const statuses: number[] = [];
  for (let i = 0; i < 8; i++) statuses.push((await api.send('POST', '/api/v1/drills', 'viewer', {}, CALLERS)).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429, 429]);
  expect(sent).toEqual(Array.from({ length: 5 }, () => ({ name: 'POST /api/v1/drills', traceId: TRACE })));
});
