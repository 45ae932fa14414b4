import { createServer, request as nodeRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendingOn, sentOn } from './sent-on.js';

const HEADERS = { 'x-request-id': 'r-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

describe('B4: what a plugin sends', () => {
  const got: IncomingHttpHeaders[] = [];
  const agent = new Agent({ pipelining: 0 });
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(({ headers }, response) => {
      got.push(headers);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = server.address();
    url = typeof at === 'object' && at !== null ? `http://127.0.0.1:${at.port}` : '';
  });
  beforeEach(() => got.splice(0));
  afterAll(async () => {
    await agent.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const clients: Record<string, (headers: Record<string, string>) => Promise<unknown>> = {
    fetch: async (headers) => (await fetch(url, { headers })).text(),
    undici: async (headers) => (await request(url, { headers, dispatcher: agent })).body.dump(),
    'node:http': (headers) =>
      new Promise((resolve, reject) => {
        nodeRequest(url, { headers }, (answer) => answer.resume().on('end', resolve))
          .on('error', reject)
          .end();
      }),
  };
  const each = Object.entries(clients);

  it.each(each)('carries the ids of its execution, by %s', async (_, send) => {
    await sendingOn(HEADERS, () => send({ accept: 'text/plain' }));
    expect(got[0]).toMatchObject({ ...HEADERS, accept: 'text/plain' });
  });

  it.each(each)('keeps what the plugin itself says, by %s', async (_, send) => {
    await sendingOn(HEADERS, () => send({ 'X-Request-Id': 'own' }));
    expect(got[0]).toMatchObject({ 'x-request-id': 'own', traceparent: HEADERS.traceparent });
  });

  it.each(each)(
    'carries none for no execution, nor for what is left running when the call is over, by %s',
    async (_, send) => {
      let later = async (): Promise<unknown> => undefined;
      let over = (): void => undefined;
      const ended = new Promise<void>((resolve) => (over = resolve));
      await sendingOn(HEADERS, async () => {
        later = async () => {
          await ended;
          return send({});
        };
        const left = later();
        later = () => left;
      });
      over();
      await later();
      await send({});
      expect(got).toHaveLength(2);
      for (const headers of got) expect(headers).not.toHaveProperty('x-request-id');
    },
  );

  it.each(each)('goes out without a header that cannot be sent, by %s', async (_, send) => {
    await sendingOn({ 'x-trace-id': 'a\r\nx-evil: 1', 'x-request-id': 'r-1' }, () => send({}));
    expect(got[0]).toMatchObject({ 'x-request-id': 'r-1' });
    expect(got[0]).not.toHaveProperty('x-evil');
  });

  it('is told apart when calls run at once', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const send = clients['fetch'];
    await Promise.all(ids.map((id) => sendingOn({ 'x-request-id': id }, async () => send?.({ 'x-own': id }))));
    const pairs = got.map((headers) => `${String(headers['x-own'])} ${String(headers['x-request-id'])}`);
    expect(new Set(pairs)).toEqual(new Set(ids.map((id) => `${id} ${id}`)));
    expect(sentOn()).toBeUndefined();
  });
});
