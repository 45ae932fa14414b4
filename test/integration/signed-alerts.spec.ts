import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOfSecret } from '../../src/access/tokens/token-secret.js';
import { signaturesSchema } from '../../src/config/access/signatures.js';
import { webhookBody } from '../rig/alert-bodies.js';
import { startApi, type ApiApp } from './api-app.js';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const SIGNATURE = 'x-grafana-alerting-signature';
const TIMESTAMP = 'x-grafana-alerting-timestamp';
const [NEW, OLD] = ['the-new-secret-of-grafana', 'the-old-secret-of-grafana'];
const READER = 'the-secret-of-a-reader';
const ROUTE = '/api/v1/alert/trigger';

const sign = (text: string, secret = NEW): string => createHmac('sha256', secret).update(text).digest('hex');
const body = webhookBody([
  { labels: { alertname: 'CenterDown', service: 'shop', runbook: 'careful', note: 'Straße ☃' }, startsAt: NOW - 1_000 },
]);

describe('signed alerts', () => {
  let api: ApiApp;
  let port: number;
  beforeAll(async () => {
    api = await startApi({
      tokens: [{ name: 'reader', roles: ['viewer'], sha256: hashOfSecret(READER) }],
      access: {
        signatures: signaturesSchema.parse([{ name: 'grafana', secret: [NEW, OLD] }]),
        grants: [{ roles: ['admin'], people: ['grafana'], groups: [], runbooks: ['*'], targets: ['*'] }],
      },
    });
    await api.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await api.nest.getUrl()).port);
  });
  afterAll(() => api.close());

  const send = (headers: Record<string, string>, text: string | undefined = body, url = ROUTE) =>
    api.send('POST', url, undefined, text, headers);
  async function kept(): Promise<number> {
    const headers = { authorization: `Bearer ${READER}` };
    return (await api.send('GET', '/api/v1/decisions', undefined, undefined, headers)).json.items.length;
  }

  it.each([
    ['the body', { [SIGNATURE]: sign(body) }],
    ['the body under the old secret', { [SIGNATURE]: sign(body, OLD) }],
    ['the time and the body', { [SIGNATURE]: sign(`${NOW / 1_000}:${body}`), [TIMESTAMP]: String(NOW / 1_000) }],
  ])('are taken when the signature is of %s', async (_what, headers) => {
    const before = await kept();
    expect((await send(headers)).status).toBe(202);
    expect(await kept()).toBeGreaterThan(before);
  });

  it('S2: sent a second time are a repeat, which opens nothing', async () => {
    const stamp = String(NOW / 1_000);
    const headers = { [SIGNATURE]: sign(`${stamp}:${body}`), [TIMESTAMP]: stamp };
    await send(headers);
    const { json } = await send(headers);
    expect(json.alerts[0].decisions.map(({ decision }) => decision)).not.toContain('opened');
  });

  it.each<[what: string, headers: Record<string, string>, text?: string]>([
    ['no signature', {}],
    ['one under another secret', { [SIGNATURE]: sign(body, 'the-secret-of-somebody-else') }],
    ['one of another body', { [SIGNATURE]: sign(`${body} `) }],
    [
      'one of the body as it is, read differently',
      { [SIGNATURE]: sign(body) },
      JSON.stringify(JSON.parse(body), null, 1),
    ],
    ['capital letters', { [SIGNATURE]: sign(body).toUpperCase() }],
    ['a prefix', { [SIGNATURE]: `sha256=${sign(body)}` }],
    [
      'a time that is over',
      { [SIGNATURE]: sign(`${NOW / 1_000 - 301}:${body}`), [TIMESTAMP]: String(NOW / 1_000 - 301) },
    ],
    ['a time that was not signed', { [SIGNATURE]: sign(body), [TIMESTAMP]: String(NOW / 1_000) }],
    ['a time that was left out', { [SIGNATURE]: sign(`${NOW / 1_000}:${body}`) }],
    ['a body that is no JSON', { [SIGNATURE]: sign('{') }, '}'],
    ['a token beside it', { [SIGNATURE]: sign(body), authorization: `Bearer ${READER}` }],
    ['a right one of nothing', { [SIGNATURE]: sign('') }],
  ])('S2: with %s are answered with 401, and nothing is stored', async (_what, headers, text) => {
    const before = await kept();
    const { status, json } = await send(headers, text);
    expect([status, json.code]).toEqual([401, 'unauthenticated']);
    expect(await kept()).toBe(before);
  });

  it.each([
    ['no body', {}, ''],
    ['an empty body', { 'content-type': 'application/json' }, ''],
    ['text', { 'content-type': 'text/plain' }, body],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    ['several parts', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['no type', {}, body],
    ['a broken type', { 'content-type': ';' }, body],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body],
  ])('S2: where the body is not read (%s), nobody gets in', async (_what, headers, text) => {
    const before = await kept();
    const { statusCode } = await api.fastify.inject({
      method: 'POST',
      url: ROUTE,
      headers: { [SIGNATURE]: sign(text === body ? text : `${text}.`), ...headers },
      payload: text,
    });
    expect([400, 401, 415]).toContain(statusCode);
    expect(await kept()).toBe(before);
  });

  it('S2: a right signature of something that is no webhook is refused like one with a token', async () => {
    expect((await send({ [SIGNATURE]: sign('{') }, '{')).json.code).toBe('malformed-body');
    expect((await send({ [SIGNATURE]: sign('{"version":"9"}') }, '{"version":"9"}')).status).toBe(400);
  });

  it('S3: count on no other address, whatever is granted to people of that name', async () => {
    for (const url of ['/api/v2/alerts', '/api/v1/pauses', '/api/v1/alert/trigger/', '//api/v1/alert/trigger'])
      expect((await send({ [SIGNATURE]: sign(body) }, body, url)).status).toBe(401);
    const { status } = await api.send('GET', '/api/v1/executions', undefined, undefined, { [SIGNATURE]: sign('') });
    expect(status).toBe(401);
  });

  it.each([
    ['a malformed signature', 'x'.repeat(64), ''],
    ['a time that is over', sign(body), `${TIMESTAMP}: 1000000000\r\n`],
  ])('S2: the answer to %s comes before its body', async (_what, signature, more) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port }, () =>
        // 16 MiB are announced, and none of them ever comes
        socket.write(
          `POST ${ROUTE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 16777216\r\n${SIGNATURE}: ${signature}\r\n${more}\r\n{`,
        ),
      );
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
      socket.once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('S2: a signed body beyond 16 MiB is too large', async () => {
    const large = `"${'x'.repeat(16 * 1024 * 1024)}"`;
    expect((await send({ [SIGNATURE]: sign(large) }, large)).status).toBe(413);
  });
});
