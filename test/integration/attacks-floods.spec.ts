import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionStore } from '../../src/access/sessions/memory-session-store.js';
import { MOST_STREAMS } from '../../src/api/stream.controller.js';
import { MOST_LIVE_PAGES } from '../../src/console/live/live.controller.js';
import { waitFor } from '../rig/wait-for.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';
import { NIGHT } from './login-kit.js';

/** Counts what is written down. */
class CountingStore extends MemorySessionStore {
  writes = 0;

  override put(key: string, text: string, ms: number): Promise<void> {
    this.writes += 1;
    return super.put(key, text, ms);
  }
  override remember(list: string, member: string, ms: number, most: number): Promise<readonly string[]> {
    this.writes += 1;
    return super.remember(list, member, ms, most);
  }
}

describe('floods', { timeout: 120_000 }, () => {
  let api: ApiApp;
  let sessions: CountingStore;
  const answers: IncomingMessage[] = [];
  beforeEach(async () => {
    sessions = new CountingStore(() => api.clock.now());
    api = await startApi({ sessions, access: { local: [NIGHT], rateLimit: { perMinute: 1_000_000 } } });
    await api.nest.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    for (const answer of answers.splice(0)) answer.destroy();
    await api.close();
  });

  const isWell = async (): Promise<void> =>
    expect((await api.send('GET', '/api/v1/executions', 'viewer')).status).toBe(200);

  it('S2: of 10,000 made-up sessions nothing is kept, and each is told the same', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      const cookie = `__Host-firebreak=${String(i).padStart(43, 'x')}`;
      statuses.add((await api.fastify.inject({ url: '/api/v1/executions', headers: { cookie } })).statusCode);
    }
    expect([...statuses]).toEqual([401]);
    expect(sessions.writes).toBe(0);
    const { text } = await api.send('GET', '/metrics');
    expect(text.split('\n').filter((line) => line.startsWith('firebreak_requests_refused_total')).length).toBeLessThan(
      5,
    );
    await isWell();
  });

  it('S2: strangers who ask without end are told to wait, and those who watch are not', async () => {
    const few = await startApi({ access: { rateLimit: { perMinute: 60 }, local: [NIGHT] } });
    const statuses = [];
    for (let i = 0; i < 600; i++) statuses.push((await few.fastify.inject({ url: `/login?next=/${i}` })).statusCode);
    expect(statuses.filter((status) => status === 200).length).toBe(60);
    expect(statuses.filter((status) => status === 429).length).toBe(540);
    expect((await few.send('GET', '/-/healthy')).status).toBe(200);
    expect((await few.send('GET', '/api/v1/executions', 'viewer')).status).toBe(200);
    await few.close();
  });

  function open(path: string): Promise<IncomingMessage> {
    const { hostname: host, port } = new URL(origin);
    const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
    return new Promise((resolve, reject) => {
      request({ host, port, path, headers, agent: false }, (answer) => {
        answers.push(answer);
        answer.on('error', () => undefined);
        resolve(answer);
      })
        .on('error', reject)
        .end();
    });
  }
  let origin: string;

  it('S2: of 2,000 attempts to watch only so many are let in, and when they leave there is room again', async () => {
    origin = await api.nest.getUrl();
    const { json } = await api.send('POST', '/api/v1/runbooks/careful/executions', 'operator', {
      labels: { service: 'shop' },
    });
    await api.clock.pass(10);
    for (const [path, most] of [
      ['/live', MOST_LIVE_PAGES],
      [`/api/v1/executions/${json.id}/stream`, MOST_STREAMS],
    ] as const) {
      const statuses = new Map<number, number>();
      for (let done = 0; done < 1_000; done += 100)
        for (const { statusCode = 0 } of await Promise.all(Array.from({ length: 100 }, () => open(path))))
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
      expect([...statuses]).toEqual([
        [200, most],
        [503, 1_000 - most],
      ]);
      await isWell();
      for (const answer of answers.splice(0)) answer.destroy();
      await waitFor('room', async () => (await open(path)).statusCode === 200, 30_000);
      for (const answer of answers.splice(0)) answer.destroy();
    }
  });

  it('S2: a reason of 64 KB is refused wherever one is given, with what it may be', async () => {
    const reason = 'x'.repeat(64_000);
    for (const [path, body] of [
      ['/api/v1/pauses', { scope: 'all', reason }],
      ['/api/v1/executions/x/reject', { reason }],
      ['/api/v1/runbooks/careful/executions', { labels: { service: 'shop' }, reason }],
    ] as const) {
      const { status, text } = await api.send('POST', path, 'admin', body);
      expect([path, status], text.slice(0, 300)).toEqual([path, 400]);
      expect(text.length).toBeLessThan(2_000);
    }
    expect(await api.store.pauses()).toEqual([]);
  });

  it('S2, S10: an alert of 10,000 labels has its fate, and neither page nor metric grows with it', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`label_${i}`, `value-${i}`]));
    const labels = { alertname: 'CenterDown', service: 'shop', runbook: 'careful', ...many };
    const startsAt = new Date(api.clock.now() - 1_000).toISOString();
    const alerts = [{ status: 'firing', labels, annotations: many, startsAt }];
    const { status, json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
    expect(status).toBe(202);
    await api.clock.pass(10);
    const { executionId } = json.alerts[0].decisions[0];
    expect(executionId).toMatch(/^x/);
    for (const path of ['/', '/executions', '/alerts', `/executions/${executionId}`]) {
      const page = await api.send('GET', path, 'viewer', undefined, { accept: 'text/html' });
      expect(page.status, path).toBeLessThan(500);
      expect(page.text.length, path).toBeLessThan(200_000);
    }
    expect((await api.send('GET', '/metrics')).text).not.toContain('label_9');
    await isWell();
  });
});
