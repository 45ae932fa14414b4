import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../src/http/route-table.js';
import { startApi, type ApiApp } from './api-app.js';

/** What stands in records, and would be worth a lot to whoever could write it into one. */
const WORTH = 'phase approvedBy epoch by roles grants account requestedBy requestedAccount state id person';
const NAMES = [...WORTH.split(' '), '__proto__', 'constructor', 'prototype', 'toString'];

/** They take what Alertmanager and Slack send, of which later versions may have more; what is not known is passed over. */
const OF_OTHERS = [
  'POST /api/v1/alert/trigger',
  'POST /api/v2/alerts',
  'POST /api/v1/simulations',
  'POST /slack/interactions',
];

/** They read nothing of what comes, so that whoever wants to leave can. */
const READ_NOTHING = ['POST /logout', 'POST /logout/everywhere'];

/** They only read, and pass over what they do not know, as Prometheus does. */
const ONLY_READ = ['query', 'query_range', 'series', 'labels', 'query_exemplars'].map(
  (name) => `POST /prometheus/api/v1/${name}`,
);

describe('S13: mass assignment', () => {
  let api: ApiApp;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    api = await startApi({ access: { rateLimit: { perMinute: 1_000_000 } } });
    const body = { labels: { service: 'shop' } };
    ids.set('id', (await api.send('POST', '/api/v1/runbooks/careful/executions', 'operator', body)).json.id);
    ids.set('name', 'careful').set('key', 'careful%7C');
    await api.clock.pass(10);
  });
  afterAll(() => api.close());

  const changing = (): string[] =>
    routesOf(api.fastify)
      .filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
      .map(({ method, url }) => `${method} ${url}`);

  async function state(): Promise<unknown> {
    const { items } = await api.store.list({ limit: 1_000 });
    const { governance } = api.store;
    return structuredClone([items, await api.store.auditHead(), await api.store.pauses(), await governance.storms()]);
  }

  /** What is wrong with how a route takes a property that it does not know; nothing when it refuses it by its name. */
  async function wrongWith(route: string, name: string, type: 'json' | 'form'): Promise<string[]> {
    const [method, url = ''] = route.split(' ');
    if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') return [`${route}: odd`];
    const path = url.replaceAll(/:(\w+)/g, (_, part: string) => ids.get(part) ?? 'nothing');
    const isForm = type === 'form';
    const body = isForm
      ? `${encodeURIComponent(name)}=x&reason=a+test`
      : `{"reason":"a test",${JSON.stringify(name)}:"x"}`;
    const headers = isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const { status, text } = await api.send(method, path, 'admin', body, headers);
    // where machines talk a form is none at all
    if (isForm && status === 415) return [];
    return status === 400 && text.includes(name) ? [] : [`${route} ${type} ${name}: ${status} ${text.slice(0, 120)}`];
  }

  it('every route that takes a body refuses what it does not know, names it and does nothing', async () => {
    const before = await state();
    const wrong: string[] = [];
    for (const route of changing().filter((one) => ![...OF_OTHERS, ...READ_NOTHING, ...ONLY_READ].includes(one)))
      for (const type of ['json', 'form'] as const)
        for (const name of NAMES) wrong.push(...(await wrongWith(route, name, type)));
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
    // an exception that is none any more must go
    expect(changing()).toEqual(expect.arrayContaining([...OF_OTHERS, ...READ_NOTHING, ...ONLY_READ]));
  });

  it('what only reads does nothing, whatever is sent', async () => {
    const before = await state();
    for (const route of ONLY_READ)
      for (const type of ['json', 'form'] as const) for (const name of NAMES) await wrongWith(route, name, type);
    expect(await state()).toEqual(before);
  });

  it('what Alertmanager sends beside the alert makes nothing of an execution', async () => {
    const odd = JSON.parse(`{${NAMES.map((name) => `${JSON.stringify(name)}:"x"`).join(',')}}`) as object;
    const labels = { alertname: 'CenterDown', service: 'pay', runbook: 'careful' };
    const alert = { ...odd, status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z' };
    const answer = await api.send('POST', '/api/v1/alert/trigger', 'source', { ...odd, version: '4', alerts: [alert] });
    const opened = await api.store.get(answer.json.alerts[0].decisions[0].executionId);
    expect(opened?.execution).toMatchObject({
      requestedBy: 'alertmanager',
      trigger: 'alert',
      runbook: 'careful',
      epoch: 0,
      state: { phase: 'planning' },
    });
    for (const name of ['requestedAccount', 'requestedFrom', 'approvedBy', 'roles', 'grants'])
      expect(opened?.execution).not.toHaveProperty(name);
  });
});
