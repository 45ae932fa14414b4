import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '../../src/config/access.js';
import { waitFor } from '../rig/wait-for.js';
import { tokenOf } from './api-app.js';
import { NIGHT, startLogin, type LoginApp } from './login-kit.js';

const FORM = 'application/x-www-form-urlencoded';
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);
const BOMB = gzipSync(Buffer.alloc(32 * 1024 * 1024));

/** One address of each kind that takes a body. */
const ADDRESSES = [
  '/api/v1/pauses',
  '/api/v1/alert/trigger',
  '/api/v1/simulations',
  '/pauses',
  '/executions/x/approve',
].concat(['/runbooks/careful/start', '/login/local', '/logout', '/slack/interactions', '/nothing']);

const BODIES: Readonly<Record<string, readonly [type: string, body: string | Buffer, encoding?: string]>> = {
  multipart: ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--'],
  'multipart without a boundary': ['multipart/form-data', 'x'],
  'plain text': ['text/plain', '{"scope":"all","reason":"x"}'],
  XML: ['application/xml', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'],
  'JSON by another name': ['application/vnd.api+json', '{}'],
  'a type that is none': ['/', '{}'],
  'a type of 8 kB': [`application/${'x'.repeat(8_000)}`, '{}'],
  'deep JSON': ['application/json', DEEP],
  'deep JSON in a property': ['application/json', `{"scope":${DEEP},"reason":"x","version":"4","alerts":${DEEP}}`],
  'deep JSON as a payload': [FORM, `payload=${DEEP.slice(0, 30_000)}`],
  'a gzip bomb': ['application/json', BOMB, 'gzip'],
  'a gzip bomb as a form': [FORM, BOMB, 'gzip'],
  'packed otherwise': ['application/json', '{}', 'br, gzip'],
  'ten thousand fields': [FORM, Array.from({ length: 6_000 }, (_, i) => `f${i}=`).join('&')],
  'names of prototypes': [FORM, '__proto__=1&constructor=2&__proto__[x]=3'],
  'what is no UTF-8': ['application/json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  'broken escapes': [FORM, '%=%zz&a=%ff%fe%'],
};

const SLOW: Readonly<Record<string, (path: string) => string>> = {
  'headers that never end': (path) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-A: `,
  'a body that never ends': (path) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nAuthorization: Bearer ${tokenOf('admin')}\r\nContent-Length: 60000\r\n\r\na=`,
  'chunks that never end': (path) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${tokenOf('admin')}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n`,
  'a stranger’s body that never ends': (path) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nContent-Length: 60000\r\n\r\na=`,
};

describe('bodies from whoever wants to do harm', () => {
  let app: LoginApp;
  beforeAll(async () => {
    const { slack } = accessSchema.parse({ slack: { signingSecret: 'the-signing-secret-of-slack' } });
    app = await startLogin(() => ({ local: [NIGHT], slack, rateLimit: { perMinute: 1_000_000 } }));
  });
  afterAll(() => app.close());

  const send = async (url: string, [type, body, encoding]: (typeof BODIES)[string], token?: string) => {
    const headers = {
      'content-type': type,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    };
    return (await app.api.fastify.inject({ method: 'POST', url, headers, payload: body })).statusCode;
  };
  const isWell = async (): Promise<void> => {
    expect((await app.api.send('GET', '/api/v1/executions', 'viewer')).status).toBe(200);
    expect((await app.api.send('GET', '/-/healthy')).status).toBe(200);
  };

  it.each(Object.entries(BODIES))('S2: %s is refused at every address, and does nothing', async (_what, body) => {
    for (const url of ADDRESSES) {
      for (const token of [undefined, tokenOf('admin')]) {
        const status = await send(url, body, token);
        // leaving needs no field, and looks at none
        if (url === '/logout' && token !== undefined && status === 303) continue;
        expect([400, 401, 403, 404, 405, 413, 415, 429], `${url}: ${status}`).toContain(status);
      }
    }
    expect(await app.api.store.pauses()).toEqual([]);
    expect((await app.api.store.list({ limit: 10 })).items).toEqual([]);
    await isWell();
  });

  it('S2: more than a form may hold is refused by its length at every address of the console', async () => {
    for (const url of ADDRESSES.filter((one) => !one.startsWith('/api'))) {
      const status = await send(url, [FORM, `reason=${'x'.repeat(70_000)}`], tokenOf('admin'));
      expect([401, 404, 413, 415], `${url}: ${status}`).toContain(status);
    }
  });

  it(
    'S2: who sends slowly, or never ends, is cut off, and others are served meanwhile',
    { timeout: 150_000 },
    async () => {
      const port = Number(new URL(app.origin).port);
      const open = new Set<Socket>();
      for (const path of ADDRESSES) {
        for (const write of Object.values(SLOW)) {
          for (let i = 0; i < 10; i++) {
            const socket = connect(port, '127.0.0.1');
            open.add(socket);
            socket.on('error', () => undefined).on('close', () => open.delete(socket));
            socket.resume().write(write(path));
          }
        }
      }
      const drip = setInterval(() => open.forEach((socket) => socket.writable && socket.write('x')), 1_000);
      try {
        for (let i = 0; i < 20; i++) {
          const answer = await fetch(`${app.origin}/login`);
          expect(answer.status).toBe(200);
          await answer.text();
          await isWell();
        }
        expect(open.size).toBeGreaterThan(0);
        await waitFor('the end of all slow connections', () => open.size === 0, 140_000);
      } finally {
        clearInterval(drip);
        for (const socket of open) socket.destroy();
      }
    },
  );
});
