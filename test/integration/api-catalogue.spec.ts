import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/core/errors.js';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const firing = (runbook: string, change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'CenterDown', service: 'shop', runbook },
  startsAt: '2026-11-01T11:59:00Z',
  ...change,
});

describe('what is there', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());
  const get = async (url: string) => (await api.send('GET', url, 'viewer')).json;
  const trigger = (...alerts: object[]) =>
    api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });

  describe('runbooks', () => {
    it('are shown as they were written, with defaults', async () => {
      writeFileSync(join(api.folder, 'careful.md.hbs'), 'Look at {{labels.service}} first.');
      await api.send('POST', '/-/reload', 'operator');
      expect(await get('/api/v1/runbooks/careful')).toEqual({
        name: 'careful',
        title: 'Switch careful over',
        owner: 'team-a',
        mode: 'approve',
        effectiveMode: 'approve',
        priority: 100,
        version: expect.stringMatching(/^[0-9a-f]{12}$/),
        match: ['alertname="CenterDown"', 'service=~"shop|pay"', 'runbook="careful"'],
        target: 'traffic/{{labels.service}}',
        params: {},
        approval: { required: 1, roles: ['approver'], within: '15m', onExpiry: 'close' },
        guards: {
          cooldown: '10m',
          maxAlertAge: '1h',
          storm: { distinctTargets: 5, per: '10m', percent: 40, calm: '10m' },
          recurrence: { limit: 5, per: '7d' },
        },
        steps: [
          {
            name: 'switch',
            uses: 'pretend/set',
            with: { name: '{{labels.service}}', value: 'b' },
            timeout: '30s',
            attempts: 3,
            backoff: '1s',
          },
        ],
        onUnhealthy: 'revert',
        onResolved: 'keep',
        clearFor: '5m',
        notify: [],
        scorecard: { counts: expect.objectContaining({ fired: 0, verified: 0 }), failuresInARow: 0 },
        guide: 'Look at {{labels.service}} first.',
      });
      expect((await api.send('GET', '/api/v1/runbooks/nothing', 'viewer')).json.code).toBe('not-found');
    });

    it('D5, D7: say what is wanted of a recovery', async () => {
      const text = runbookFile('wanted', '  objective: { recovery: 12s, dataLoss: 0s }');
      const own = await startApi({ runbooks: { wanted: text } });
      const { json } = await own.send('GET', '/api/v1/runbooks/wanted', 'viewer');
      expect(json).toMatchObject({ objective: { recovery: '12s', dataLoss: '0s' } });
      const page = await own.send('GET', '/runbooks/wanted', 'viewer', undefined, { accept: 'text/html' });
      expect(page.text).toContain('Well again within 12 s of the start of the alert, no acknowledged write missing.');
      await own.close();
    });

    it('are listed with the state of the catalogue', async () => {
      const { items, catalogue } = await get('/api/v1/runbooks');
      expect(items.map((one: { name: string }) => one.name)).toEqual(['careful', 'leased', 'quick']);
      expect(catalogue).toMatchObject({
        version: expect.stringMatching(/^[0-9a-f]{64}$/),
        runbooks: 3,
        problems: [],
        loadedAt: '2026-11-01T12:00:00.000Z',
      });
    });
  });

  describe('reload', () => {
    const reload = (body?: unknown, query = '') => api.send('POST', `/-/reload${query}`, 'operator', body);

    it('takes a new edition', async () => {
      writeFileSync(join(api.folder, 'another.yaml'), runbookFile('another'));
      expect(await reload()).toMatchObject({
        status: 200,
        json: { activated: true, changed: true, catalogue: { runbooks: 4 } },
      });
      expect(await reload()).toMatchObject({ status: 200, json: { activated: true, changed: false } });
    });

    it('refuses a broken one with every mistake, and the old one stays in force', async () => {
      writeFileSync(join(api.folder, 'another.yaml'), runbookFile('another', '  leese: 5m'));
      const { status, json } = await reload();
      expect([status, json.code]).toEqual([409, 'catalogue-refused']);
      expect(json.detail).toContain('another.yaml:13:3');
      expect((await get('/api/v1/runbooks')).catalogue).toMatchObject({
        runbooks: 3,
        problems: [expect.stringContaining('leese')],
      });
      expect((await api.send('GET', '/-/ready')).status).toBe(200);
    });

    it.each([
      [{ acceptLoss: true }, ''],
      [undefined, '?acceptLoss=true'],
    ])('loses many runbooks only when somebody means it: %j %s', async (body, query) => {
      for (const name of ['careful', 'quick']) unlinkSync(join(api.folder, `${name}.yaml`));
      expect((await reload()).json.code).toBe('catalogue-refused');
      expect(await reload(body, query)).toMatchObject({ status: 200, json: { catalogue: { runbooks: 1 } } });
    });

    it('S13: takes nothing else', async () => {
      expect((await reload({ folder: '/etc' })).json.code).toBe('unknown-property');
      expect((await reload(undefined, '?folder=x')).json.code).toBe('wrong-parameter');
    });
  });

  it('plugins come with JSON Schemas of what one writes', async () => {
    const { items, actions, probes, notifiers } = await get('/api/v1/plugins');
    expect(items).toEqual([{ id: 'pretend', version: '1', configured: true, runsIn: 'service' }]);
    expect(actions.find((one: { name: string }) => one.name === 'pretend/set')).toMatchObject({
      plugin: 'pretend',
      version: '1',
      summary: 'Set a value',
      risk: 'low',
      idempotency: 'conditional',
      reversible: true,
      params: {
        type: 'object',
        properties: { name: { type: 'string', default: 'x' }, value: { type: 'string' } },
        required: ['value'],
        additionalProperties: false,
      },
    });
    expect(probes).toMatchObject([
      { name: 'pretend/state', params: { type: 'object' } },
      { name: 'pretend/guard', params: { type: 'object' } },
    ]);
    expect(notifiers).toMatchObject([{ name: 'pretend/people' }]);
  });

  describe('decisions', () => {
    it('also each "no", by what is asked for', async () => {
      await trigger(firing('careful'), firing('quick', { startsAt: '2026-11-01T10:00:00Z' }), firing('unknown'));
      await api.clock.pass(60_000);
      await trigger(firing('careful'));
      const { items } = await get('/api/v1/decisions');
      expect(items.map(({ decision, because, at }) => [decision, because, at])).toEqual([
        ['suppressed', 'duplicate', '2026-11-01T12:01:00.000Z'],
        ['noted', 'no-runbook', '2026-11-01T12:00:00.000Z'],
        ['suppressed', 'too-old', '2026-11-01T12:00:00.000Z'],
        ['opened', undefined, '2026-11-01T12:00:00.000Z'],
      ]);
      const { fingerprint } = items[0];
      const counts = [
        'runbook=quick',
        'alertname=CenterDown',
        'alertname=x',
        `fingerprint=${fingerprint}`,
        'since=30s',
        'since=2026-11-01T12:00:00Z',
        'limit=1',
        'runbook=',
      ].map(async (query) => (await get(`/api/v1/decisions?${query}`)).items.length);
      expect(await Promise.all(counts)).toEqual([1, 4, 0, 2, 1, 4, 1, 4]);
    });

    it.each(['since=yesterday', 'since=2026-13-01T00:00:00Z', 'limit=0', 'limit=1001', 'why=not'])(
      'refuses ?%s',
      async (query) => {
        const { status, json } = await api.send('GET', `/api/v1/decisions?${query}`, 'viewer');
        expect([status, json.code]).toEqual([400, 'wrong-parameter']);
      },
    );
  });

  describe('pauses', () => {
    const pause = (body: unknown) => api.send('POST', '/api/v1/pauses', 'operator', body);

    it('are in force at once, are shown, and are lifted', async () => {
      const { status, json } = await pause({ scope: 'target:traffic/*', reason: 'a storm' });
      expect([status, json]).toEqual([
        201,
        {
          id: expect.stringMatching(/^p/),
          scope: 'target:traffic/*',
          reason: 'a storm',
          by: 'operator',
          at: '2026-11-01T12:00:00.000Z',
        },
      ]);
      expect((await trigger(firing('quick'))).json.alerts[0].decisions[0]).toMatchObject({
        decision: 'suppressed',
        because: 'paused',
      });
      expect((await get('/api/v1/pauses')).items).toEqual([json]);
      expect((await api.send('DELETE', `/api/v1/pauses/${json.id}`, 'operator')).json).toEqual({
        id: json.id,
        lifted: true,
      });
      expect((await api.send('DELETE', `/api/v1/pauses/${json.id}`, 'operator')).json.code).toBe('not-found');
      expect((await get('/api/v1/pauses')).items).toEqual([]);
    });

    it.each(['30m', '2026-11-01T12:30:00Z', '2026-11-01T14:30:00+02:00'])('end by themselves: %s', async (until) => {
      expect((await pause({ scope: 'all', reason: 'x', until })).json.until).toBe('2026-11-01T12:30:00.000Z');
      await api.clock.pass(30 * 60_000);
      expect((await get('/api/v1/pauses')).items).toEqual([]);
    });

    it('say when the name means nothing, and are there all the same', async () => {
      expect((await pause({ scope: 'runbook:carefull', reason: 'x' })).json.warning).toBe(
        'there is no runbook carefull; known are: careful, leased, quick',
      );
      expect((await pause({ scope: 'runbook:careful', reason: 'x' })).json.warning).toBeUndefined();
      expect((await get('/api/v1/pauses')).items).toHaveLength(2);
    });

    it.each([
      [{}, 'malformed-body'],
      [{ scope: 'all' }, 'malformed-body'],
      [{ scope: 'all', reason: ' ' }, 'malformed-body'],
      [{ scope: '', reason: 'x' }, 'malformed-body'],
      [{ scope: 'runbook:', reason: 'x' }, 'malformed-body'],
      [{ scope: 'target:', reason: 'x' }, 'malformed-body'],
      [{ scope: 'everything', reason: 'x' }, 'malformed-body'],
      [{ scope: 'all', reason: 'x', until: '2026-11-01T11:00:00Z' }, 'malformed-body'],
      [{ scope: 'all', reason: 'x', until: 'later' }, 'malformed-body'],
      [{ scope: 'all', reason: 'x', by: 'somebody' }, 'unknown-property'],
      [{ scope: 'all', reason: 'x', id: 'p1' }, 'unknown-property'],
    ])('S13: %j is 400 %s', async (body, code) => {
      const { status, json } = await pause(body);
      expect([status, json.code]).toEqual([400, code]);
      expect((await get('/api/v1/pauses')).items).toEqual([]);
    });
  });

  describe('simulations', () => {
    const simulate = async (...alerts: object[]) =>
      (await api.send('POST', '/api/v1/simulations', 'operator', { version: '4', alerts })).json.alerts;

    it('show the plan of what would be opened, and touch nothing', async () => {
      const [{ decisions }] = await simulate(firing('quick'));
      expect(decisions).toMatchObject([
        {
          runbook: 'quick',
          would: 'open',
          target: 'traffic/shop',
          mode: 'auto',
          plan: {
            steps: [
              {
                name: 'switch',
                summary: 'set shop to b',
                changes: [{ resource: 'shop', attribute: 'value', from: '', to: 'b' }],
              },
            ],
            digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
        },
      ]);
      await api.clock.pass(60_000);
      expect(api.target.writes).toEqual([]);
      expect((await get('/api/v1/executions')).items).toEqual([]);
      expect((await get('/api/v1/decisions')).items).toEqual([]);
    });

    it('say why not', async () => {
      await api.send('POST', '/api/v1/pauses', 'operator', { scope: 'runbook:quick', reason: 'a test' });
      const simulated = await simulate(
        firing('careful', { startsAt: '2026-11-01T10:00:00Z' }),
        firing('quick'),
        firing('unknown'),
        firing('careful', { status: 'resolved', endsAt: '2026-11-01T12:00:00Z' }),
      );
      expect(simulated.map(({ decisions: [one] }) => [one.would, one.because])).toEqual([
        ['suppress', 'too-old'],
        ['suppress', 'paused'],
        ['note', 'no-runbook'],
        ['note', undefined],
      ]);
    });

    it('say that there is nothing to do, or that no plan can be made', async () => {
      api.target.values.set('shop', 'b');
      expect((await simulate(firing('quick')))[0].decisions[0].plan).toEqual({ notNeeded: 'switch: shop is b' });
      api.target.next('check', { how: 'fails', again: false });
      expect((await simulate(firing('quick')))[0].decisions[0].plan).toEqual({ failed: 'switch: the target said no' });
    });

    it('I15: make a bounded number of plans', async () => {
      const many = Array.from({ length: 30 }, (_, i) =>
        firing('quick', {
          labels: { alertname: 'CenterDown', service: 'shop', runbook: 'quick', instance: String(i) },
        }),
      );
      const plans = (await simulate(...many)).map(({ decisions: [one] }) => one.plan);
      expect(plans.filter((plan) => 'steps' in plan)).toHaveLength(20);
      expect(plans.at(-1)).toEqual({ skipped: 'only 20 plans are made at once' });
    });

    it.each([[{}], [{ version: '9', alerts: [] }], [[]], [{ version: '4', alerts: [{}] }]])(
      'refuse %j',
      async (body) => {
        expect((await api.send('POST', '/api/v1/simulations', 'operator', body)).status).toBe(400);
      },
    );
  });

  it('is ready, with the number of runbooks', async () => {
    expect((await api.send('GET', '/-/ready')).json).toEqual({ status: 'ready', store: 'answers', runbooks: 3 });
    expect((await api.send('GET', '/-/healthy')).json).toEqual({ status: 'healthy' });
  });

  describe('the description', () => {
    it('names every address of the API', async () => {
      const document = await get('/api/openapi.json');
      expect(document.openapi).toBe('3.1.0');
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining([
          '/api/v1/alert/trigger',
          '/api/v1/executions',
          '/api/v1/executions/{id}/approve',
          '/api/v1/runbooks/{name}/executions',
          '/-/ready',
        ]),
      );
      for (const [path, item] of Object.entries(document.paths)) {
        for (const operation of Object.values(item)) expect(operation.summary, path).toMatch(/\w/);
      }
      expect(
        document.paths['/api/v1/pauses']?.['post']?.requestBody?.content['application/json']?.schema.required,
      ).toEqual(['scope', 'reason']);
    });

    it('is a page with an anchor for every error, and without scripts', async () => {
      const { status, headers, text } = await api.send('GET', '/api/docs', 'viewer');
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).not.toContain('script');
      expect(text).not.toContain('<script');
      for (const code of Object.keys(ERRORS)) expect(text).toContain(`id="error-${code}"`);
      expect(text).toContain('/api/v1/executions/{id}/approve');
    });
  });
});
