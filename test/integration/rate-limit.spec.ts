import { afterEach, describe, expect, it } from 'vitest';
import { proxySchema } from '../../src/config/access/proxy.js';
import { UNCOUNTED } from '../../src/http/rate-limit.js';
import { routesOf } from '../../src/http/route-table.js';
import { startApi, type ApiApp } from './api-app.js';

const PER_MINUTE = 10;
const WEBHOOK = { version: '4', status: 'firing', groupKey: 'x', receiver: 'x', alerts: [] };

describe('who asks too often', () => {
  let api: ApiApp;
  afterEach(() => api.close());
  const start = async (more: Parameters<typeof startApi>[0] = {}): Promise<void> => {
    api = await startApi({ ...more, access: { rateLimit: { perMinute: PER_MINUTE }, ...more.access } });
  };
  const read = (as: 'viewer' | 'operator' | 'admin' = 'viewer', url = '/api/v1/executions') => api.send('GET', url, as);
  const flood = async (url?: string): Promise<number[]> => {
    const answers = [];
    for (let i = 0; i < PER_MINUTE * 3; i++) answers.push((await read('viewer', url)).status);
    return answers;
  };

  it('is sent away with 429 and the time to wait, and others are not', async () => {
    await start();
    const statuses = await flood();
    expect(new Set(statuses.slice(0, PER_MINUTE))).toEqual(new Set([200]));
    expect(new Set(statuses.slice(PER_MINUTE))).toEqual(new Set([429]));
    const { status, headers, json } = await read();
    expect([status, json.code, headers['content-type']]).toEqual([
      429,
      'too-many-requests',
      'application/problem+json',
    ]);
    const wait = Number(headers['retry-after']);
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(60);
    expect(json.detail).toContain('more than 10 requests in a minute (access.rateLimit.perMinute)');
    expect((await read('operator')).status).toBe(200);
  });

  it('harms no alert, neither from itself nor from a source, and no watcher', async () => {
    await start();
    await flood();
    for (let i = 0; i < PER_MINUTE * 3; i++) {
      expect((await api.send('POST', '/api/v1/alert/trigger', 'source', WEBHOOK)).status).toBeLessThan(300);
      expect((await api.send('POST', '/api/v2/alerts', 'source', [])).status).toBeLessThan(300);
      for (const url of ['/-/healthy', '/-/ready', '/metrics']) expect((await api.send('GET', url)).status).toBe(200);
    }
  });

  it('is one person on all addresses and all routes, also those that do not exist', async () => {
    await start();
    await flood('/api/v1/nothing');
    const { statusCode } = await api.fastify.inject({
      method: 'GET',
      url: '/api/v1/runbooks',
      remoteAddress: '198.51.100.4',
      headers: { authorization: 'Bearer the-secret-token-of-viewer' },
    });
    expect(statusCode).toBe(429);
  });

  it('S4: strangers count by their address, which only a listed proxy may say', async () => {
    await start({ access: { proxy: proxySchema.parse({ addresses: ['10.0.0.7'] }) } });
    const asset = async (remoteAddress: string, said: string): Promise<number> => {
      const headers = { 'x-forwarded-for': said };
      return (await api.fastify.inject({ url: '/assets/console.js', remoteAddress, headers })).statusCode;
    };
    for (let i = 0; i < PER_MINUTE; i++) expect(await asset('198.51.100.4', `203.0.113.${i}`)).toBe(200);
    expect(await asset('198.51.100.4', '203.0.113.99')).toBe(429);
    for (let i = 0; i < PER_MINUTE + 1; i++) expect(await asset('10.0.0.7', `203.0.113.${i}`)).toBe(200);
    // one subscriber has a whole IPv6 network
    for (let i = 0; i < PER_MINUTE; i++) expect(await asset(`2001:db8::${i}`, '')).toBe(200);
    expect(await asset('2001:db8::ffff', '')).toBe(429);
    expect(await asset('2001:db8:0:1::1', '')).toBe(200);
  });

  it('is counted', async () => {
    await start();
    await flood();
    const metrics = (await api.send('GET', '/metrics')).text;
    expect(metrics).toMatch(
      /firebreak_requests_refused_total\{code="too-many-requests",route="\/api\/v1\/executions"\} 20/,
    );
  });

  it('is nobody without credentials: everybody on this machine is the same person', async () => {
    await start({ tokens: [] });
    for (let i = 0; i < PER_MINUTE * 3; i++) expect((await api.send('GET', '/api/v1/executions')).status).toBe(200);
  });
});

it('every route that is not counted is there', async () => {
  const api = await startApi();
  const urls = routesOf(api.fastify).map(({ url }) => url);
  expect([...UNCOUNTED].filter((url) => !urls.includes(url))).toEqual([]);
  await api.close();
});
