import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/plugin-sdk/index.js';
import { freePort } from '../../test/rig/processes.js';
import plugin from './index.js';

const log = { info: () => {}, warn: () => {} };
const token = 'canary-77aa';
const message: Message = {
  id: '1-awaiting-approval-1',
  event: 'awaiting-approval',
  title: 'Cut over centre a',
  text: 'centers: a state ready -> maint',
  link: 'http://localhost:9700/executions/1',
  execution: { id: '1', runbook: 'cut-over-center', target: 'center/a', phase: 'awaiting-approval' },
};

let server: Server;
const seen: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
afterEach(() => {
  seen.length = 0;
  server.closeAllConnections();
  server.close();
});

async function receiver(answer: (response: ServerResponse) => void) {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${port}/hooks/T0/B0/canary-path`;
  const instance = plugin.instantiate({ receivers: { oncall: { url, token, timeout: '1s' }, chat: { url } } }, log);
  return {
    instance,
    notifiers: instance.provided.notifiers!,
    send: (to: string, what = message, signal = new AbortController().signal) =>
      instance.provided.notifiers![to]!.send({ signal, log }, what),
  };
}

describe('a message', () => {
  it('is posted as JSON, with the token of its receiver only', async () => {
    const { notifiers, send } = await receiver((r) => r.writeHead(204).end());
    expect(Object.keys(notifiers)).toEqual(['oncall', 'chat']);
    await send('oncall');
    await send('chat');
    expect(seen.map(({ body }) => body)).toEqual([JSON.stringify(message), JSON.stringify(message)]);
    expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${token}` });
    expect(seen[1]?.headers).not.toHaveProperty('authorization');
  });

  it('has the same Idempotency-Key when it is sent again, and another has another', async () => {
    const { send } = await receiver((r) => r.end());
    await send('oncall');
    await send('oncall');
    await send('oncall', { ...message, id: '1-closed-2', event: 'closed' });
    const keys = seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe('1-awaiting-approval-1');
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it.each([
    ['redirects', 'redirected', false, (r: ServerResponse) => r.writeHead(307, { location: '/elsewhere' }).end()],
    ['refuses', 'refused-by-target', false, (r: ServerResponse) => r.writeHead(403).end(`bad token ${token}`)],
    ['asks for patience', 'target-failed', true, (r: ServerResponse) => r.writeHead(429).end()],
    ['fails', 'target-failed', true, (r: ServerResponse) => r.writeHead(500).end()],
    ['is silent', 'timed-out', true, () => {}],
    ['hangs up', 'target-unreachable', true, (r: ServerResponse) => r.destroy()],
  ])('to one that %s throws %s and shows no secret', async (_, code, again, answer) => {
    const { send } = await receiver(answer);
    const error: unknown = await send('oncall').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, again });
    expect(String(error)).toContain('webhook/oncall');
    expect(String(error)).not.toMatch(/canary/);
    expect(seen).toHaveLength(1);
  });

  it('was taken whatever the answer says beside 2xx', async () => {
    const { send } = await receiver((r) => r.end('x'.repeat(3_000_000)));
    await send('oncall');
    expect(seen).toHaveLength(1);
  });

  it('stops when the call is aborted', async () => {
    const { send } = await receiver((r) => r.end());
    await expect(send('oncall', message, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    expect(seen).toEqual([]);
  });
});

describe('the configuration', () => {
  it('holds secrets: tokens, and the addresses that often carry one', async () => {
    const { instance } = await receiver((r) => r.end());
    expect(instance.secrets).toContain(token);
    expect(instance.secrets.join()).toContain('canary-path');
    await instance.close();
  });

  it.each([
    {},
    { receivers: { 'on call': { url: 'http://h' } } },
    { receivers: { a: { url: 'mailto:x@y' } } },
    { receivers: { a: { url: 'http://h', tokn: 'x' } } },
  ])('%j is refused', (config) => {
    server = createServer();
    expect(() => plugin.instantiate(config, log)).toThrow();
  });
});
