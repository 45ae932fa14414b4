import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EtcdCluster } from './etcd-cluster.js';

const never = new AbortController().signal;
const base64 = (value: string) => Buffer.from(value).toString('base64');
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Answer = { readonly status?: number; readonly body: unknown };

/** A member that answers as it is told, and remembers what it was asked. */
async function member(answer: (path: string, request: IncomingMessage) => Answer) {
  const asked: { path: string; body: unknown }[] = [];
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url ?? '', body: z.json().parse(JSON.parse(body)) });
      const { status = 200, body: said } = answer(request.url ?? '', request);
      response.writeHead(status).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  stops.push(() => server.close());
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked };
}

function cluster(endpoints: readonly string[], login?: { username: string; password: string }): EtcdCluster {
  const made = new EtcdCluster({ name: 'etcd', endpoints, login, timeoutMs: 1_000 });
  stops.push(() => made.close());
  return made;
}

const found = (...kvs: object[]) => ({ responses: kvs.map((kv) => ({ response_range: { kvs: [kv] } })) });

describe('what is read', () => {
  it('keeps numbers of 64 bits as they are, and tells what is no text', async () => {
    const big = '9223372036854775807';
    const { url, asked } = await member(() => ({
      body: found(
        { mod_revision: big, lease: big, value: base64('ä') },
        { mod_revision: '3', value: Buffer.from([0xff, 0xfe]).toString('base64') },
      ),
    }));
    expect(await cluster([url]).read(['a', 'b'], never)).toEqual([
      { value: 'ä', modRevision: big, lease: big },
      { value: undefined, modRevision: '3', lease: '0' },
    ]);
    expect(asked).toEqual([
      {
        path: '/v3/kv/txn',
        body: { success: [{ request_range: { key: base64('a') } }, { request_range: { key: base64('b') } }] },
      },
    ]);
  });

  it('is nothing when there is nothing, or an empty text', async () => {
    const { url } = await member(() => ({
      body: { responses: [{ response_range: {} }, { response_range: { kvs: [{ mod_revision: '2' }] } }] },
    }));
    expect(await cluster([url]).read(['a', 'b'], never)).toEqual([null, { value: '', modRevision: '2', lease: '0' }]);
  });
});

describe('what is written', () => {
  it('has its condition with it', async () => {
    const { url, asked } = await member(() => ({ body: {} }));
    const writes = [
      { put: 'a', value: '1', lease: 'kept' },
      { put: 'b', value: '2', lease: { id: '77' } },
      { put: 'c', value: '3', lease: 'none' },
      { remove: 'd' },
    ] as const;
    // The gateway leaves "succeeded" out when it is false.
    expect(await cluster([url]).writeIf({ key: 'a', modRevision: '5' }, writes, never)).toBe(false);
    expect(asked[0]?.body).toEqual({
      compare: [{ key: base64('a'), target: 'MOD', result: 'EQUAL', mod_revision: '5' }],
      success: [
        { request_put: { key: base64('a'), value: base64('1'), ignore_lease: true } },
        { request_put: { key: base64('b'), value: base64('2'), lease: '77' } },
        { request_put: { key: base64('c'), value: base64('3') } },
        { request_delete_range: { key: base64('d') } },
      ],
    });
  });
});

describe('members', () => {
  it('that can answer now are asked first the next time', async () => {
    const bad = await member(() => ({ status: 503, body: { error: 'etcdserver: no leader', code: 14 } }));
    const good = await member(() => ({ body: found({ mod_revision: '1' }) }));
    const both = cluster([bad.url, good.url]);
    await both.read(['a'], never);
    await both.read(['a'], never);
    expect([bad.asked.length, good.asked.length]).toEqual([1, 2]);
  });

  it('are not asked any more once one has refused: the next would refuse as well', async () => {
    const refusing = await member(() => ({ status: 403, body: { error: 'etcdserver: permission denied', code: 7 } }));
    const other = await member(() => ({ body: found({ mod_revision: '1' }) }));
    await expect(cluster([refusing.url, other.url]).read(['a'], never)).rejects.toMatchObject({
      code: 'refused-by-target',
      again: false,
    });
    expect(other.asked).toEqual([]);
  });

  it('are not asked any more once the call is broken off', async () => {
    const other = await member(() => ({ body: found({ mod_revision: '1' }) }));
    const reading = cluster(['http://127.0.0.1:1', other.url]).read(['a'], AbortSignal.abort());
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    expect(other.asked).toEqual([]);
  });
});

describe('a login', () => {
  const login = { username: 'root', password: 'canary-5f' };

  it('is made once, and once more when it is over', async () => {
    let over = false;
    const { url, asked } = await member((path, request) => {
      if (path === '/v3/auth/authenticate') return { body: { token: over ? 'new' : 'old' } };
      if (over && request.headers.authorization === 'old')
        return { status: 401, body: { error: 'etcdserver: invalid auth token', code: 16 } };
      return { body: found({ mod_revision: '1' }) };
    });
    const one = cluster([url], login);
    await Promise.all([one.read(['a'], never), one.read(['b'], never)]);
    over = true;
    await one.read(['c'], never);
    expect(asked.filter(({ path }) => path === '/v3/auth/authenticate')).toHaveLength(2);
  });

  it('that is refused each time is not made for ever', async () => {
    const { url, asked } = await member((path) =>
      path === '/v3/auth/authenticate'
        ? { body: { token: 't' } }
        : { status: 401, body: { error: 'etcdserver: invalid auth token', code: 16 } },
    );
    await expect(cluster([url], login).read(['a'], never)).rejects.toMatchObject({
      code: 'bad-credentials',
      again: true,
    });
    expect(asked).toHaveLength(4);
  });
});
