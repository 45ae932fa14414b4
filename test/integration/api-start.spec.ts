import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const URL = '/api/v1/runbooks/careful/executions';
const LONG = 'x'.repeat(10_000);

describe('starting by hand', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());
  const start = (body: unknown, headers: Record<string, string> = {}, url = URL) =>
    api.send('POST', url, 'operator', body, headers);
  const count = async () => (await api.send('GET', '/api/v1/executions', 'viewer')).json.items.length;

  it('opens an execution that waits for somebody else to approve', async () => {
    const { status, json } = await start({ labels: { service: 'shop' }, reason: 'maintenance' });
    expect(status).toBe(202);
    expect(json).toMatchObject({
      runbook: 'careful',
      phase: 'planning',
      trigger: 'manual',
      requestedBy: 'operator',
      reason: 'maintenance',
      target: 'traffic/shop',
    });
    expect(json.alert).toBeUndefined();
    await api.clock.pass(10);
    expect((await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer')).json.phase).toBe('awaiting-approval');
  });

  it('takes everything from the query, as Grafana sends it, and knows that it came from there', async () => {
    const query =
      'label.service=shop&label.empty=&from=1793534400000&to=1793538000000&timezone=browser&reason=&dryRun=true&idempotencyKey=k1';
    const { status, json } = await start(
      undefined,
      { 'x-grafana-action': '1', origin: 'http://localhost:9700' },
      `${URL}?${query}`,
    );
    expect([status, json.trigger, json.dryRun, json.target]).toEqual([202, 'grafana', true, 'traffic/shop']);
    await api.clock.pass(10);
    expect((await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer')).json).toMatchObject({
      phase: 'closed',
      outcome: 'dry-run',
    });
    expect(api.target.writes).toEqual([]);
  });

  it("A4: keeps the panel's time range, the alert's name, the target instance and the runbook's link", async () => {
    const link = 'https://wiki.example/runbooks/careful';
    const { json } = await start(
      '{}',
      { 'content-type': 'application/json', 'x-grafana-action': '1', origin: 'http://localhost:9700' },
      `${URL}?from=1793534400000&to=1793538000000&timezone=browser&label.alertname=CenterDown&label.service=shop` +
        `&label.target_ip=10.0.0.7&annotation.runbook_url=${encodeURIComponent(link)}&annotation.empty=&label.empty=`,
    );
    const given = {
      labels: { alertname: 'CenterDown', service: 'shop', target_ip: '10.0.0.7' },
      annotations: { from: '1793534400000', to: '1793538000000', runbook_url: link },
    };
    expect((await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer')).json).toMatchObject({
      requestedWith: given,
      trigger: 'grafana',
    });
    const page = await api.send('GET', `/executions/${json.id}`, 'viewer');
    const described = (await api.send('GET', '/api/openapi.json', 'viewer')).text;
    for (const name of ['label.<name>', 'annotation.<name>']) expect(described).toContain(JSON.stringify(name));
    expect(page.text).toContain(`<a href="${link}" rel="noopener noreferrer nofollow">`);
    expect(page.text).toContain('<dt>from</dt><dd><bdi>2026-11-01T12:00:00.000Z</bdi></dd>');
  });

  it.each([
    ['no target', {}, 'no-target'],
    ['a target with a wildcard', { labels: { service: '*' } }, 'no-target'],
    ['S6: an empty label', { labels: { service: '' } }, 'no-target'],
  ])('%s is 409 with the reason', async (_what, body, because) => {
    const { status, json } = await start(body);
    expect([status, json.code, json.detail.split(':')[0]]).toEqual([409, 'suppressed', because]);
    expect(await count()).toBe(0);
  });

  it('a busy target, a cooldown and a pause are 409 and say their numbers', async () => {
    const { json } = await start({ labels: { service: 'shop' } });
    expect((await start({ labels: { service: 'shop' } })).json).toMatchObject({
      status: 409,
      detail: `target-busy: the target is held by ${json.id}`,
    });
    await api.send('POST', `/api/v1/executions/${json.id}/cancel`, 'operator');
    expect((await start({ labels: { service: 'shop' } })).json.detail).toBe(`cooldown: 10 min left since ${json.id}`);
    await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'runbook:careful', reason: 'a test' });
    expect((await start({ labels: { service: 'pay' } })).json.detail).toBe('paused: paused (runbook:careful): a test');
  });

  it('uses up no incident: the alert still opens an execution', async () => {
    await start({ labels: { service: 'pay' } });
    const labels = { alertname: 'CenterDown', service: 'shop', runbook: 'careful' };
    const sent = await api.send('POST', '/api/v1/alert/trigger', 'source', {
      version: '4',
      alerts: [{ status: 'firing', labels, startsAt: '2026-11-01T11:59:00Z' }],
    });
    expect(sent.json.alerts[0].decisions[0].decision).toBe('opened');
  });

  it('an unknown runbook is 404', async () => {
    expect((await start({}, {}, '/api/v1/runbooks/nothing/executions')).json.code).toBe('not-found');
  });

  it.each([
    ['{"phase":"applying"}', 'unknown-property'],
    ['{"requestedBy":"somebody"}', 'unknown-property'],
    ['{"target":"traffic/all"}', 'unknown-property'],
    ['{"mode":"auto"}', 'unknown-property'],
    ['{"__proto__":{"dryRun":true}}', 'unknown-property'],
    ['{"labels":{"service":1}}', 'malformed-body'],
    ['{"labels":["service"]}', 'malformed-body'],
    ['{"annotations":{"runbook_url":1}}', 'malformed-body'],
    ['{"dryRun":"yes"}', 'malformed-body'],
    ['null', 'malformed-body'],
    ['[]', 'malformed-body'],
  ])('S13: %s is 400 %s', async (body, code) => {
    const { status, json } = await start(body);
    expect([status, json.code]).toEqual([400, code]);
    expect(await count()).toBe(0);
  });

  it.each(['labels', 'annotations'])('S2: %s of a megabyte are not kept with an execution', async (map) => {
    const some = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, LONG]));
    const labels = { service: 'shop' };
    const { status, json } = await start({ labels, [map]: { ...labels, ...some(11) } });
    expect([status, json.code]).toEqual([400, 'malformed-body']);
    expect(json.detail).toContain('100000 in all');
    expect(await count()).toBe(0);
    expect((await start({ labels, [map]: { ...labels, ...some(9) } })).status).toBe(202);
  });

  it.each([
    'label.service=a&label.service=b',
    'annotation.runbook_url=a&annotation.runbook_url=b',
    'target=x',
    'dryRun=1',
    '__proto__=x',
    'by=x',
  ])('S13: the query %s is 400', async (query) => {
    const { status, json } = await start(undefined, {}, `${URL}?${query}`);
    expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  });

  it('the same key gives the same answer, word for word, also when things have gone on', async () => {
    const first = await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    await api.clock.pass(1_000);
    const again = await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(again.headers['content-type']).toContain('application/json');
    expect(await count()).toBe(1);
  });

  it('the key may stand in the body or the query', async () => {
    const ids = [
      await start({ labels: { service: 'shop' }, idempotencyKey: 'k1' }),
      await start({ labels: { service: 'shop' } }, {}, `${URL}?idempotencyKey=k1`),
      await start(undefined, {}, `${URL}?idempotencyKey=k1&label.service=shop`),
    ].map(({ json }) => json.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('the same key for something else is 422', async () => {
    await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    for (const [body, url] of [
      [{ labels: { service: 'pay' } }, URL],
      [{ labels: { service: 'shop' } }, URL.replace('careful', 'quick')],
    ] as const) {
      const { status, json } = await start(body, { 'idempotency-key': 'k1' }, url);
      expect([status, json.code]).toEqual([422, 'key-reused']);
    }
  });

  it('two persons may choose the same key', async () => {
    await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    const { status } = await api.send(
      'POST',
      URL,
      'admin',
      { labels: { service: 'pay' } },
      { 'idempotency-key': 'k1' },
    );
    expect([status, await count()]).toEqual([202, 2]);
  });

  it('a refusal uses up no key', async () => {
    const pause = await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'all', reason: 'a test' });
    expect((await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' })).status).toBe(409);
    await api.send('DELETE', `/api/v1/pauses/${pause.json.id}`, 'operator');
    expect((await start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' })).status).toBe(202);
  });

  it('twenty at once under one key open one; the others are told to wait or get the same answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => start({ labels: { service: 'shop' } }, { 'idempotency-key': 'k1' })),
    );
    expect(await count()).toBe(1);
    const codes = new Set(answers.map(({ status, json }) => (status === 202 ? json.id : json.code)));
    expect([...codes].filter((code) => code !== 'in-flight')).toHaveLength(1);
  });

  it.each(['has spaces', 'x'.repeat(201), 'ü'])('the key %j is 400', async (key) => {
    const { status, json } = await start({ labels: { service: 'shop' }, idempotencyKey: key });
    expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  });
});

describe('starting by hand when the store fails', () => {
  it('in the middle: the same key finds what was opened, and opens nothing more', async () => {
    let failing = true;
    const api = await startApi({
      runbooks: { careful: runbookFile('careful') },
      store: (store) => {
        const open = store.open.bind(store);
        return Object.assign(store, {
          open: async (...call: Parameters<typeof open>) => {
            const opened = await open(...call);
            if (failing) throw new Error('Connection is closed.');
            return opened;
          },
        });
      },
    });
    const start = () => api.send('POST', URL, 'operator', { labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    expect((await start()).json.code).toBe('store-unavailable');
    failing = false;
    const { status, json } = await start();
    expect([status, json.phase]).toEqual([202, 'planning']);
    expect((await api.send('GET', '/api/v1/executions', 'viewer')).json.items.map(({ id }) => id)).toEqual([json.id]);
    expect((await start()).json.id).toBe(json.id);
    await api.close();
  });

  it('before anything was opened: in flight at first, then done anew', async () => {
    let failing = true;
    const api = await startApi({
      store: (store) => {
        const open = store.open.bind(store);
        const openOrFail: typeof open = (...call) =>
          failing ? Promise.reject(new Error('Connection is closed.')) : open(...call);
        return Object.assign(store, { open: openOrFail });
      },
    });
    const start = () => api.send('POST', URL, 'operator', { labels: { service: 'shop' } }, { 'idempotency-key': 'k1' });
    expect((await start()).status).toBe(503);
    failing = false;
    expect((await start()).json).toMatchObject({ status: 409, code: 'in-flight' });
    await api.clock.pass(30_000);
    expect((await start()).status).toBe(202);
    await api.close();
  });
});
