import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type Answer, type ApiApp } from './api-app.js';

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-permitted-cross-domain-policies': 'none',
};

const parts = (policy: unknown): string[] => String(policy).split(/; ?/).toSorted();
const NOTHING = parts("default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'");

describe('what every answer tells a browser', () => {
  let api: ApiApp;
  beforeAll(async () => (api = await startApi({ publicUrl: 'https://firebreak.example' })));
  afterAll(() => api.close());

  const ask: Readonly<Record<string, () => Promise<Answer>>> = {
    'an answer of the API': () => api.send('GET', '/api/v1/executions', 'viewer'),
    'a command': () => api.send('POST', '/api/v1/pauses', 'operator', { scope: 'all', reason: 'x' }),
    'an alert that is taken': () => api.send('POST', '/api/v2/alerts', 'source', []),
    metrics: () => api.send('GET', '/metrics'),
    'a 401': () => api.send('GET', '/api/v1/executions'),
    'a 403 by a role': () => api.send('POST', '/api/v1/pauses', 'viewer', { scope: 'all', reason: 'x' }),
    'S11: a 403 by an origin': () =>
      api.send('POST', '/api/v1/pauses', 'operator', {}, { origin: 'https://evil.test' }),
    'a 404': () => api.send('GET', '/api/v1/nothing', 'viewer'),
    'a 400': () => api.send('POST', '/api/v1/pauses', 'operator', '{'),
    'a 415': () => api.send('POST', '/api/v1/pauses', 'operator', 'x', { 'content-type': 'text/plain' }),
  };

  it.each(Object.entries(ask))('%s is nothing but data', async (_what, send) => {
    const { headers } = await send();
    expect(headers).toMatchObject(ALWAYS);
    expect(parts(headers['content-security-policy'])).toEqual(NOTHING);
    expect(headers['strict-transport-security']).toBe('max-age=15552000');
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
  });

  it('S8: a page runs its own scripts only, and its policy stands alone', async () => {
    for (const path of ['/', '/api/docs']) {
      const { status, headers } = await api.send('GET', path, 'viewer');
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers).toMatchObject(ALWAYS);
      const policy = parts(headers['content-security-policy']);
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'"]));
      expect(policy.filter((part) => part.startsWith('script-src'))).toEqual(path === '/' ? ["script-src 'self'"] : []);
    }
  });

  it('a file of the pages is served to them alone', async () => {
    const { status, headers } = await api.send('GET', '/assets/console.js');
    expect([status, headers['content-security-policy']]).toEqual([200, expect.stringContaining("default-src 'none'")]);
    expect(headers).toMatchObject(ALWAYS);
  });

  it('a path that cannot be read is answered without hooks, and still with a policy', async () => {
    const { status, headers } = await api.send('GET', '/api/%zz');
    expect(status).toBe(404);
    expect(parts(headers['content-security-policy'])).toEqual(NOTHING);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
  });

  it('a service that is reached without TLS does not tell browsers to insist on it', async () => {
    const plain = await startApi();
    const { headers } = await plain.send('GET', '/-/healthy');
    expect(headers['strict-transport-security']).toBeUndefined();
    await plain.close();
  });
});
