import { createServer, type RequestListener, type Server } from 'node:http';
import { isIP } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Agent } from 'undici';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { AddressRules } from './address-rules.js';
import { guardedAgent, type ResolveHost } from './guarded-agent.js';
import { exchange, type HttpRequest } from './http.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('it listens on no port');
  return { port: at.port, seen };
}

/** Names as a server of the attacker gives them: each question is answered by the next of its answers. */
function names(answers: readonly (readonly string[])[]): ResolveHost & { asked: number } {
  const resolve = Object.assign(
    async () => {
      const now = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
      resolve.asked += 1;
      return now.map((address) => ({ address, family: isIP(address) }));
    },
    { asked: 0 },
  );
  return resolve;
}

function agentFor(allow: readonly string[] = [], resolve?: ResolveHost): Agent {
  const agent = guardedAgent(new AddressRules(allow), resolve);
  open.push(() => agent.destroy());
  return agent;
}

const get = (agent: Agent, url: string, differs: Partial<HttpRequest> = {}) =>
  exchange(
    agent,
    { name: 'the service', method: 'GET', url, headers: {}, timeoutMs: 2_000, ...differs },
    new AbortController().signal,
  );

const refused = { code: 'address-not-allowed', again: false };

describe('S7: the guarded client refuses at connect time', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '①②⑦.0.0.1',
    '127。0。0。1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    'localhost',
    'LOCALHOST',
  ])('loopback, spelt %s', async (host) => {
    const { port, seen } = await serve((_, response) => response.end('secret'));
    await expect(get(agentFor(), `http://${host}:${port}/`)).rejects.toMatchObject(refused);
    expect(seen).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[fe80::1]/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'https://10.0.0.1/',
    'http://0x0a000001/',
    'http://2852039166/',
  ])('%s', async (url) => {
    const error = await get(agentFor(), url).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PluginError);
    expect(error).toMatchObject(refused);
    expect(String(error)).toMatch(
      /is at an address that is .*: if that is wanted, name the host or its range under allow/,
    );
  });

  it.each([
    ['one private address', ['10.0.0.1']],
    ['a private one among public ones', ['1.1.1.1', '127.0.0.1']],
    ['a mapped one', ['::ffff:127.0.0.1']],
    ['something that is no address', ['localhost']],
  ])('a name that has %s', async (_, answers) => {
    const resolve = names([answers]);
    await expect(get(agentFor([], resolve), 'http://example.org/')).rejects.toMatchObject(refused);
    expect(resolve.asked).toBe(1);
  });

  it('a name that is public when somebody looks and private when it is connected to', async () => {
    const { port, seen } = await serve((_, response) => response.end('secret'));
    const resolve = names([['1.1.1.1'], ['127.0.0.1']]);
    await resolve('rebinding.example');
    await expect(get(agentFor([], resolve), `http://rebinding.example:${port}/`)).rejects.toMatchObject(refused);
    expect(seen).toEqual([]);
  });

  it('a name that was allowed to be here and now means a metadata service', async () => {
    const { port } = await serve((_, response) => response.end('fine'));
    const agent = agentFor(['flags.internal'], names([['127.0.0.1'], ['169.254.169.254']]));
    expect(await get(agent, `http://flags.internal:${port}/`)).toMatchObject({ status: 200, text: 'fine' });
    await expect(get(agent, `http://flags.internal:${port}/`)).rejects.toMatchObject(refused);
  });

  it('asks the resolver once for each request, and connects to what it said', async () => {
    const { port, seen } = await serve((_, response) => response.end());
    const resolve = names([['127.0.0.1']]);
    const agent = agentFor(['service.test'], resolve);
    await get(agent, `http://service.test:${port}/one`);
    await get(agent, `http://service.test:${port}/two`);
    expect(seen).toEqual(['GET /one', 'GET /two']);
    expect(resolve.asked).toBe(2);
  });

  it('uses no connection twice, so that each request is checked', async () => {
    const kept: (string | undefined)[] = [];
    const { port } = await serve(({ headers }, response) => {
      kept.push(headers.connection);
      response.end();
    });
    await get(agentFor(['127.0.0.1']), `http://127.0.0.1:${port}/`);
    expect(kept).toEqual(['close']);
  });

  it('looks once more when the connection is there, should it lead elsewhere than it was thought to', async () => {
    const { port, seen } = await serve((_, response) => response.end('secret'));
    let asked = 0;
    const agent = guardedAgent({ refusal: () => ((asked += 1) === 1 ? undefined : 'loopback') });
    open.push(() => agent.destroy());
    await expect(get(agent, `http://127.0.0.1:${port}/`)).rejects.toMatchObject(refused);
    expect(seen).toEqual([]);
  });

  it('does not follow a redirect into private space, or anywhere', async () => {
    const inner = await serve((_, response) => response.end('secret'));
    const { port } = await serve((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end(),
    );
    expect((await get(agentFor(['127.0.0.1']), `http://127.0.0.1:${port}/`)).status).toBe(302);
    expect(inner.seen).toEqual([]);
  });

  it('goes through no proxy of the environment', async () => {
    const proxy = await serve((_, response) => response.end('by proxy'));
    const { port } = await serve((_, response) => response.end('direct'));
    const was = { ...process.env };
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'HTTPS_PROXY'])
      process.env[name] = `http://127.0.0.1:${proxy.port}`;
    process.env['NODE_USE_ENV_PROXY'] = '1';
    try {
      expect((await get(agentFor(['127.0.0.1']), `http://127.0.0.1:${port}/`)).text).toBe('direct');
      expect(proxy.seen).toEqual([]);
    } finally {
      process.env = was;
    }
  });
});

describe('S7: the guarded client bears what a hostile target answers', () => {
  const ask = async (answer: RequestListener, differs: Partial<HttpRequest> = {}) => {
    const { port } = await serve(answer);
    return get(agentFor(['127.0.0.1']), `http://127.0.0.1:${port}/`, differs);
  };

  it('more than 1 MiB', async () => {
    const chunk = 'x'.repeat(64 * 1024);
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    };
    await expect(ask(endless)).rejects.toMatchObject({ code: 'answer-too-long', again: false });
  });

  it('a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const packed: RequestListener = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    await expect(ask(packed)).rejects.toMatchObject({ code: 'not-understood', again: false });
  });

  it('one byte now and then', async () => {
    const slow: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    await expect(ask(slow, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timed-out', again: true });
  });

  it('a flood of headers', async () => {
    const flood: RequestListener = (_, response) => response.writeHead(200, { 'x-much': 'x'.repeat(20_000) }).end();
    await expect(ask(flood)).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('no address at all, from a resolver that never answers', async () => {
    const start = performance.now();
    const never: ResolveHost = () => new Promise(() => {});
    const asked = get(agentFor(['example.org'], never), 'http://example.org/', { timeoutMs: 200 });
    await expect(asked).rejects.toMatchObject({ code: 'timed-out' });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('I4: an address so late that the time is over: nothing is sent any more', async () => {
    const { port, seen } = await serve((_, response) => response.end());
    let found = (): void => {};
    const later = new Promise<void>((settle) => (found = settle));
    const resolve: ResolveHost = () => later.then(() => [{ address: '127.0.0.1', family: 4 }]);
    const agent = agentFor(['example.org'], resolve);
    const asked = get(agent, `http://example.org:${port}/late`, { method: 'POST', body: 'x', timeoutMs: 100 });
    await expect(asked).rejects.toMatchObject({ code: 'timed-out' });
    found();
    // The connection is made now; a second request after it shows that the first one will not come any more.
    await get(agent, `http://example.org:${port}/then`);
    expect(seen).toEqual(['GET /then']);
  });

  it('nothing, and a closed connection', async () => {
    await expect(ask((request) => request.socket.destroy())).rejects.toMatchObject({ code: 'target-unreachable' });
  });
});
