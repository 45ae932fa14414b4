import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grafanaSchema } from '../../src/config/access/grafana.js';
import { startApi, type Answer, type ApiApp } from './api-app.js';

const PUBLIC_URL = 'https://firebreak.example/firebreak';
const OWN = 'https://firebreak.example';
const GRAFANA = 'https://grafana.example';

const FOREIGN = [
  'null',
  'https://evil.test',
  'http://firebreak.example',
  'https://firebreak.example:8443',
  'https://firebreak.example.evil.test',
  'https://evil-firebreak.example',
  'https://www.firebreak.example',
  'https://firebreak.example/',
  'https://firebreak.example@evil.test',
  'https://FIREBREAK.example.',
  'https://firebreak.example, https://firebreak.example',
  'http://localhost:9700',
  'file://',
  'firebreak.example',
  '',
];

describe('S11: where a command comes from', () => {
  let api: ApiApp;
  // nobody answers there: none of these requests may get as far as that
  const grafana = grafanaSchema.parse({ url: 'http://127.0.0.1:1', origin: GRAFANA });
  beforeAll(async () => (api = await startApi({ publicUrl: PUBLIC_URL, access: { grafana } })));
  afterAll(() => api.close());

  const act = (headers: Record<string, string>, as?: 'operator') =>
    api.send('POST', '/api/v1/pauses', as, { scope: 'all', reason: 'x' }, headers);

  function expectRefused({ status, json, headers }: Answer): void {
    expect([status, json.code]).toEqual([403, 'forbidden']);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }

  it.each(FOREIGN)(
    'S11: a page of %j is refused, with a cookie, with a token and with the header of Grafana',
    async (origin) => {
      expectRefused(await act({ origin, cookie: 'grafana_session=1' }));
      expectRefused(await act({ origin }, 'operator'));
      expectRefused(await act({ origin, 'x-grafana-action': '1', 'sec-fetch-site': 'same-origin' }, 'operator'));
    },
  );

  it.each(['cross-site', 'same-site', 'nonsense', 'same-origin, cross-site'])(
    'S11: what the browser calls %s is refused, whatever else it says',
    async (site) => {
      for (const origin of [OWN, GRAFANA])
        expectRefused(await act({ origin, 'sec-fetch-site': site, 'x-grafana-action': '1' }, 'operator'));
      expectRefused(await act({ 'sec-fetch-site': site }, 'operator'));
    },
  );

  it('S11: a cookie without an origin is refused, also one that is nobody’s', async () => {
    for (const cookie of ['grafana_session=1', '__Host-firebreak=1', 'other=1']) {
      expectRefused(await act({ cookie }));
      expectRefused(await act({ cookie, 'x-grafana-action': '1', 'sec-fetch-site': 'same-origin' }));
    }
  });

  it('S11: Grafana’s origin counts only with the header of its buttons, and only the configured one', async () => {
    expectRefused(await act({ origin: GRAFANA }, 'operator'));
    expectRefused(await act({ origin: `${GRAFANA}.evil.test`, 'x-grafana-action': '1' }, 'operator'));
    expectRefused(await act({ origin: 'http://grafana.example', 'x-grafana-action': '1' }, 'operator'));
    expect((await act({ origin: GRAFANA, 'x-grafana-action': '1' }, 'operator')).status).toBe(201);
  });

  it('S11: a form of a foreign page is refused before its body is looked at', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])
      expectRefused(await act({ origin: 'https://evil.test', 'content-type': type, cookie: 'a=1' }));
  });

  it('S11: a question in advance (preflight) is never answered with yes', async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-grafana-action' };
    for (const origin of ['https://evil.test', GRAFANA, OWN]) {
      const { status, headers } = await api.send('OPTIONS', '/api/v1/pauses', undefined, undefined, {
        origin,
        ...asked,
      });
      expect(status).toBe(401);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('programs with a token come from no page, and our own pages from ours', async () => {
    expect((await act({}, 'operator')).status).toBe(201);
    expect((await act({ cookie: 'balancer=1' }, 'operator')).status).toBe(201);
    expect((await act({ origin: OWN }, 'operator')).status).toBe(201);
    expect((await act({ origin: OWN, 'sec-fetch-site': 'same-origin' }, 'operator')).status).toBe(201);
  });

  it('reading is open to links from anywhere', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://chat.example', cookie: 'balancer=1' };
    expect((await api.send('GET', '/api/v1/executions', 'viewer', undefined, headers)).status).toBe(200);
  });
});
