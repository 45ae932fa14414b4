import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, tokenOf, type ApiApp } from './api-app.js';

describe('every answer', () => {
  let api: ApiApp;
  beforeAll(async () => (api = await startApi()));
  afterAll(() => api.close());
  const simulate = (payload: string, headers: Record<string, string> = {}) =>
    api.send('POST', '/api/v1/simulations', 'admin', payload, headers);

  it('an error is application/problem+json with an entry of the catalogue', async () => {
    const { status, headers, json } = await api.send('GET', '/api/v1/executions/x1', 'viewer', undefined, {
      'x-request-id': 'my-id-1',
    });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(status).toBe(404);
    expect(json).toEqual({
      type: '/api/docs#error-not-found',
      title: 'There is no such thing',
      status: 404,
      detail: 'there is no execution x1; closed ones are kept for 30 days',
      code: 'not-found',
      requestId: 'my-id-1',
    });
  });

  it('returns the ids of the caller when they are harmless', async () => {
    const { headers } = await api.send('GET', '/-/healthy', undefined, undefined, {
      'x-request-id': 'a/b:1',
      'x-trace-id': 'trace-1',
    });
    expect([headers['x-request-id'], headers['x-trace-id']]).toEqual(['a/b:1', 'trace-1']);
  });

  it.each(['has spaces', 'x'.repeat(129), '{"a":1}', 'ünïcode'])('makes an id of its own instead of %j', async (id) => {
    const { headers } = await api.send('GET', '/-/healthy', undefined, undefined, {
      'x-request-id': id,
      'x-trace-id': id,
    });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes the trace from traceparent', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await api.send('GET', '/-/healthy', undefined, undefined, { traceparent });
    expect(headers['x-trace-id']).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it('keeps browsers from making more of it', async () => {
    const { headers } = await api.send('GET', '/-/healthy');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it.each(['{', '[1,]', '{"a":1}}', 'nul', '\u0000', "{'a':1}"])('S2: %j is 400 and says where', async (payload) => {
    const { status, json } = await simulate(payload);
    expect([status, json.code]).toEqual([400, 'malformed-body']);
    expect(json.detail).toMatch(/not JSON/);
  });

  it.each(['null', '[]', '1', '"text"', '{}'])('S2: %s is 400', async (payload) => {
    expect((await simulate(payload)).status).toBe(400);
  });

  it('S2: JSON that is very deep harms nobody', async () => {
    const { status } = await simulate(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`);
    expect(status).toBe(400);
    expect((await api.send('GET', '/-/healthy')).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    '',
  ])('S2: a body of type %j is 415', async (type) => {
    const { status, json } = await simulate('{}', { 'content-type': type });
    expect([status, json.code]).toEqual([415, 'unsupported-media-type']);
  });

  it('S2: a compressed body is 415', async () => {
    expect((await simulate('{}', { 'content-encoding': 'gzip' })).json.code).toBe('unsupported-media-type');
  });

  it('takes JSON with a charset', async () => {
    const { status } = await simulate('{"version":"4","alerts":[]}', {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(status).toBe(200);
  });

  it('a body of more than 16 MiB is 413, one of nearly 16 MiB is read', async () => {
    const { status, json } = await simulate(`"${'x'.repeat(16 * 1024 * 1024)}"`);
    expect([status, json.code]).toEqual([413, 'body-too-large']);
    expect((await simulate(`"${'x'.repeat(16 * 1024 * 1024 - 2)}"`)).json.code).toBe('unsupported-version');
  });

  it('a label named __proto__ is a label like any other', async () => {
    const alert =
      '{"status":"firing","labels":{"alertname":"CenterDown","service":"shop","runbook":"careful","__proto__":"x"},"startsAt":"2026-11-01T12:00:00Z"}';
    const { status, json } = await simulate(`{"version":"4","alerts":[${alert}]}`);
    expect(status).toBe(200);
    const without = await simulate(`{"version":"4","alerts":[${alert.replace(',"__proto__":"x"', '')}]}`);
    expect(json.alerts[0].fingerprint).not.toBe(without.json.alerts[0].fingerprint);
  });

  it('an address that is not there is 404, a wrong method 405 with what is allowed', async () => {
    expect((await api.send('GET', '/api/v1/nothing', 'admin')).json.code).toBe('not-found');
    const { status, json, headers } = await api.send('PUT', '/api/v1/pauses/p1', 'admin', {});
    expect([status, json.code, headers['allow']]).toEqual([405, 'method-not-allowed', 'DELETE']);
  });

  it('what a caller did wrong is not logged as an error of ours', async () => {
    await simulate('{');
    await api.send('GET', '/api/v1/executions');
    expect(api.log.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('S18: neither tokens nor bodies stand in the log', async () => {
    await api.send('POST', '/api/v1/pauses', 'admin', { scope: 'all', reason: 'x', 'planted-canary': 1 });
    await simulate('{"planted-canary');
    expect(JSON.stringify(api.log)).not.toContain(tokenOf('admin'));
  });
});

describe('when something behind the API fails', () => {
  const failing = async (error: unknown): Promise<ApiApp> =>
    startApi({
      store: (store) => Object.assign(store, { list: () => Promise.reject(error), now: () => Promise.reject(error) }),
    });

  const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
  const system = (code: string): Error =>
    Object.assign(new Error(`connect ${code} 127.0.0.1:6379`), { code, syscall: 'connect' });

  it.each([
    ['closed', new Error('Connection is closed.')],
    ['not writeable', new Error("Stream isn't writeable and enableOfflineQueue options is false")],
    ['timed out', new Error('Command timed out')],
    ['refused', system('ECONNREFUSED')],
    ['refused on both addresses', new AggregateError([system('ECONNREFUSED'), system('ECONNREFUSED')])],
    ['retried often', named('MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 1).')],
    ['loading', named('ReplyError', 'LOADING Redis is loading the dataset in memory')],
    ['full', named('ReplyError', "OOM command not allowed when used memory > 'maxmemory'.")],
    ['read-only', named('ReplyError', "READONLY You can't write against a read only replica.")],
  ])('a store that is %s is 503, never 500 or 429', async (_what, error) => {
    const api = await failing(error);
    const { status, json, headers } = await api.send('GET', '/api/v1/executions', 'viewer');
    expect([status, json.code, headers['retry-after']]).toEqual([503, 'store-unavailable', '1']);
    expect(JSON.stringify(json)).not.toContain('6379');
    expect((await api.send('GET', '/-/ready')).status).toBe(503);
    expect((await api.send('GET', '/-/healthy')).status).toBe(200);
    await api.close();
  });

  it('a mistake of ours is 500, tells nothing, and stands in the log with its stack', async () => {
    const api = await failing(new TypeError('undefined is not a secret-detail'));
    const { status, json } = await api.send('GET', '/api/v1/executions', 'viewer');
    expect([status, json.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(json)).not.toContain('secret-detail');
    expect(api.log).toMatchObject([
      { level: 'error', fields: { requestId: json.requestId, error: expect.stringContaining('at ') } },
    ]);
    await api.close();
  });

  it('I15: a store that is away does not fill the log', async () => {
    const api = await failing(new Error('Connection is closed.'));
    for (let i = 0; i < 50; i++) await api.send('GET', '/api/v1/executions', 'viewer');
    expect(api.log.filter(({ level }) => level !== 'debug').length).toBeLessThan(4);
    await api.close();
  });

  it('a store that never answers makes the service not ready after a second', async () => {
    const api = await startApi({
      store: (store) => Object.assign(store, { now: () => new Promise<number>(() => undefined) }),
    });
    const asking = api.send('GET', '/-/ready');
    await api.clock.pass(1_000);
    expect((await asking).json).toMatchObject({
      status: 503,
      code: 'store-unavailable',
      detail: 'Redis has not answered within 1 s',
    });
    await api.close();
  });
});
