import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startApi, type ApiApp } from './api-app.js';

const answer = z.object({
  items: z.array(
    z.object({
      n: z.number(),
      at: z.string(),
      what: z.string(),
      of: z.string(),
      by: z.string().optional(),
      hash: z.string(),
      record: z.string(),
    }),
  ),
  head: z.object({ n: z.number(), hash: z.string() }),
});

describe('the audit over HTTP', () => {
  let api: ApiApp;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const audit = async (query = '') =>
    answer.parse(JSON.parse((await api.send('GET', `/api/v1/audit${query}`, 'viewer')).text));

  it('I13: shows who did what, so that anybody can recompute the chain', async () => {
    const pause = await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'all', reason: 'a test' });
    expect(pause.status).toBe(201);
    await api.send('DELETE', `/api/v1/pauses/${pause.json.id}?reason=done`, 'admin');
    const { items, head } = await audit();
    expect(items).toMatchObject([
      { n: 1, what: 'pause-added', of: pause.json.id, by: 'operator' },
      { n: 2, what: 'pause-lifted', of: pause.json.id, by: 'admin' },
    ]);
    let before = '';
    for (const { hash, record } of items) {
      expect(hash).toBe(
        createHash('sha1')
          .update(before + record)
          .digest('hex'),
      );
      before = hash;
    }
    expect(head).toEqual({ n: 2, hash: before });
    expect((await audit('?after=1&limit=1')).items.map(({ n }) => n)).toEqual([2]);
    expect((await audit('?after=2')).items).toEqual([]);
  });

  it.each(['?after=x', '?after=-1', '?limit=0', '?limit=1001', '?from=1'])('refuses %s', async (query) => {
    const { status, json } = await api.send('GET', `/api/v1/audit${query}`, 'viewer');
    expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  });
});
