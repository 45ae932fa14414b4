import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/engine/verify-audit.js';
import type { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { startApi, tokenOf, type ApiApp } from './api-app.js';

/** A store in which somebody has changed a text of the audit. */
function tampered(store: MemoryExecutionStore): MemoryExecutionStore {
  const audit = store.audit.bind(store);
  store.audit = async (after, limit) =>
    (await audit(after, limit)).map((one) => ({ ...one, text: one.text.replace('nice', 'nasty') }));
  return store;
}

describe('the page of the audit', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());
  const page = async (url: string, of = api) => {
    const { status, text } = await of.send('GET', url, 'viewer', undefined, { accept: 'text/html' });
    const words = (/<main[^>]*>(.*)<\/main>/s.exec(text)?.[1] ?? '')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
    return { status, text, words };
  };
  const pause = (reason: string, of = api, as: 'operator' | 'admin' = 'operator') =>
    of.send('POST', '/api/v1/pauses', as, { scope: 'all', reason });
  const rowsIn = (text: string): string[] => text.split('<tr>').slice(2);

  it('says what will stand there while nothing was done', async () => {
    expect((await page('/audit')).words).toContain('Nothing was done yet.');
    expect((await page('/audit/verify')).words).toContain('The chain holds. There is no record yet.');
  });

  it('I13: shows who, from where, what and why, the newest first, with a link to the execution', async () => {
    const labels = { alertname: 'CenterDown', service: 'shop', runbook: 'careful' };
    const alerts = [{ status: 'firing', labels, startsAt: '2026-11-01T11:59:00Z' }];
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
    await pause('moving house');
    const { text, words } = await page('/audit');
    expect(words).toMatch(
      /operator [^ ]+ by token from 127\.0\.0\.1 began a pause: all: moving house p\S+ \d+ .* opened an execution execution x/,
    );
    expect(text).toContain(`href="/executions/${json.alerts[0].decisions[0].executionId}"`);
  });

  it('can be searched by person and by kind', async () => {
    await pause('one');
    await pause('two', api, 'admin');
    const count = async (query: string) => rowsIn((await page(`/audit?${query}`)).text).length;
    expect(await count('by=ADMIN')).toBe(1);
    expect(await count('what=pause-added')).toBe(2);
    expect(await count('what=pause-lifted')).toBe(0);
    expect(await count('by=operator&what=pause-added')).toBe(1);
    expect((await page('/audit?by=nobody')).words).toContain('No record fits');
    for (const query of ['before=0', 'before=x', 'after=1']) expect((await page(`/audit?${query}`)).status).toBe(400);
  });

  it('has pages, which together show every record once', async () => {
    for (let i = 0; i < 120; i++)
      await api.store.addPause({ id: `p${i}`, scope: 'all', reason: 'x', by: 'ann', at: 0 });
    const seen: string[] = [];
    let next: string | undefined = '/audit';
    while (next !== undefined) {
      const { text }: { text: string } = await page(next);
      seen.push(...rowsIn(text).map((row) => /<code>(p\d+)<\/code>/.exec(row)?.[1] ?? ''));
      next = /href="([^"]*)">Older/.exec(text)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `p${119 - i}`));
  });

  it('I13: verifies the chain and names the head, or says at which record it breaks', async () => {
    await pause('nice');
    const head = await api.store.auditHead();
    const { words } = await page('/audit/verify');
    expect(words).toContain('The chain holds. Records 1 to 1 fit each other');
    expect(words).toContain(head.hash);
    const broken = await startApi({ store: tampered });
    await pause('nice', broken);
    expect((await page('/audit/verify', broken)).words).toContain('The chain does not hold: record 1 does not fit');
    await broken.close();
  });

  it('I13: is exported with what anybody needs to recompute the chain', async () => {
    for (const reason of ['one', 'two', 'three']) await pause(reason);
    const authorization = `Bearer ${tokenOf('viewer')}`;
    const { payload: text, headers } = await api.fastify.inject({ url: '/audit/export', headers: { authorization } });
    expect(headers['content-disposition']).toContain('firebreak-audit.ndjson');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { n: number; hash: string; record: string });
    const copy = lines.map(({ n, hash, record }) => ({ n, hash, text: record }));
    const store = {
      audit: async (after: number, limit: number) => copy.slice(after, after + limit),
      auditHead: async () => ({ n: copy.length, hash: copy.at(-1)?.hash ?? '' }),
      journalLines: async () => [],
      list: async () => ({ items: [] }),
      now: async () => 0,
    };
    expect(await verifyAudit(store)).toMatchObject({ ok: true, records: 3 });
  });

  it('S8: shows what people wrote as text', async () => {
    await pause('<img src=x onerror=alert(1)>{{7*7}}');
    const { text } = await page('/audit');
    expect(text).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;{{7*7}}');
    expect(text).not.toContain('<img src=x');
  });
});
