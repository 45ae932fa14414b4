import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { whyAnswer } from '../../src/cli/why-lines.js';
import { startApi, type ApiApp } from './api-app.js';

const explained = z.object({
  explained: z.array(
    z.object({
      fingerprint: z.string(),
      misses: z.array(z.object({ runbook: z.string(), failed: z.array(z.string()) })).optional(),
    }),
  ),
});
const simulations = z.object({
  alerts: z.array(
    z.object({
      fate: z.object({ fate: z.string(), because: z.string().optional() }),
      misses: z.array(z.object({ runbook: z.string(), failed: z.array(z.string()) })),
      decisions: z.array(z.looseObject({ would: z.string() })),
    }),
  ),
});

const firing = (runbook: string, labels: Readonly<Record<string, string>> = {}) => ({
  status: 'firing',
  labels: { alertname: 'CenterDown', service: 'shop', runbook, ...labels },
  startsAt: '2026-11-01T11:59:00Z',
});

describe('why', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi()));
  afterEach(() => api.close());
  const get = (url: string) => api.send('GET', url, 'viewer');
  const trigger = async (...alerts: object[]) =>
    (await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts })).json.alerts;

  it('answers about an alert by its fingerprint, and about an execution by its id', async () => {
    const [{ fingerprint, decisions }] = await trigger(firing('careful'));
    const alert = whyAnswer.parse((await get(`/api/v1/why/${fingerprint}`)).json);
    expect(alert).toMatchObject({
      kind: 'alert',
      id: fingerprint,
      answer: expect.stringMatching(/^CenterDown is being answered: careful/),
    });
    const { executionId } = decisions[0];
    const execution = whyAnswer.parse((await get(`/api/v1/why/${executionId}`)).json);
    expect(execution).toMatchObject({ kind: 'execution', id: executionId });
  });

  it('is 404 with a way on for what nobody knows, and answers when the labels are given', async () => {
    const { status, json } = await get('/api/v1/why/0123456789abcdef');
    expect([status, json.code]).toEqual([404, 'not-found']);
    expect(json.detail).toBe(
      'nobody knows 0123456789abcdef, neither as an alert nor as an execution: closed executions are kept for 30 days, ' +
        'decisions about at least the last 50000 alerts. A fingerprint is made of all labels of the alert: ' +
        'firebreak why --labels alertname=X,service=Y,... makes it',
    );
    const given = 'label.alertname=CenterDown&label.service=shop&label.runbook=quick';
    const answer = whyAnswer.parse((await get(`/api/v1/why/0123456789abcdef?${given}`)).json);
    expect(answer.answer).toContain('quick would answer it');
    expect((await get('/api/v1/why/0123456789abcdef?labels=x')).json.code).toBe('wrong-parameter');
  });

  it('decisions can be asked for by reason, decision and execution', async () => {
    const [{ decisions }] = await trigger(firing('careful'), firing('quick'), firing('nobody'));
    await trigger(firing('careful'));
    const counts = async (query: string): Promise<number> =>
      (await get(`/api/v1/decisions?${query}`)).json.items.length;
    const id = decisions[0].executionId;
    expect(await counts('because=duplicate')).toBe(1);
    expect(await counts('because=target-busy')).toBe(1);
    expect(await counts('decision=opened')).toBe(1);
    expect(await counts('decision=suppressed&because=no-runbook')).toBe(0);
    expect(await counts(`executionId=${id}`)).toBe(3);
    expect((await get('/api/v1/decisions?because=target-busy')).json.items[0]).toMatchObject({
      because: 'target-busy',
      detail: `the target is held by ${id}`,
      refusal: { because: 'target-busy', executionId: id },
      labels: { alertname: 'CenterDown', service: 'shop', runbook: 'quick' },
    });
    expect((await get('/api/v1/decisions?because=no-runbook')).json.items[0].detail).toBe(
      'no runbook matches: careful: runbook="nobody" does not satisfy runbook="careful"; ' +
        'leased: runbook="nobody" does not satisfy runbook="leased"; quick: runbook="nobody" does not satisfy runbook="quick"',
    );
    for (const query of ['because=bad-luck', 'decision=maybe', 'explain=yes'])
      expect((await get(`/api/v1/decisions?${query}`)).json.code).toBe('wrong-parameter');
  });

  it('decisions are explained with the runbooks that do not match as they are now', async () => {
    const [{ fingerprint }] = await trigger(firing('careful'));
    await trigger(firing('careful'));
    const { json } = await get('/api/v1/decisions?limit=1&explain=true');
    expect(explained.parse(json).explained).toEqual([
      {
        fingerprint,
        misses: [
          { runbook: 'leased', failed: ['runbook="careful" does not satisfy runbook="leased"'] },
          { runbook: 'quick', failed: ['runbook="careful" does not satisfy runbook="quick"'] },
        ],
      },
    ]);
    expect((await get('/api/v1/decisions')).json).not.toHaveProperty('explained');
  });

  it('I2: what was received and what became of it add up at /metrics; a body that was refused is counted beside them', async () => {
    await trigger(firing('careful'), firing('quick', { service: 'pay' }), firing('nobody'));
    await trigger(firing('careful'), { ...firing('careful'), status: 'resolved', endsAt: '2026-11-01T12:00:00Z' });
    await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts: [{}] });
    await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts: [] });
    const { text } = await api.send('GET', '/metrics');
    const sumOf = (name: string): number =>
      [...text.matchAll(new RegExp(`^firebreak_${name}_total\\{.*\\} (\\d+)$`, 'gm'))].reduce(
        (sum, [, value]) => sum + Number(value),
        0,
      );
    expect([sumOf('alerts_received'), sumOf('alert_fates'), sumOf('alerts_rejected')]).toEqual([5, 5, 1]);
    expect(text).toContain('firebreak_alert_fates_total{fate="suppressed",because="duplicate"} 1');
    expect(text).toContain('firebreak_alert_fates_total{fate="opened",because=""} 2');
  });

  it('I2: a body with alerts counts as refused whoever refused it: the reader, the JSON parser, access, or the limit on its size', async () => {
    const refusals = [
      await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '9', alerts: [] }),
      await api.send('POST', '/api/v1/alert/trigger', 'source', '{'),
      await api.send('POST', '/api/v1/alert/trigger', undefined, '{}'),
      await api.send('POST', '/api/v1/alert/trigger', 'viewer', '{}'),
      await api.send('POST', '/api/v1/alert/trigger', 'source', 'a: b', { 'content-type': 'text/yaml' }),
      await api.send('POST', '/api/v2/alerts', 'source', ' '.repeat(17 * 1024 * 1024)),
      await api.send('POST', '/api/v1/pauses', 'source', '{'),
      await api.send('GET', '/api/v1/alert/trigger', 'source'),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 401, 403, 415, 413, 400, 405]);
    const { text } = await api.send('GET', '/metrics');
    const counted = [...text.matchAll(/^firebreak_alerts_rejected_total\{source="(\w+)",code="(.+)"\} (\d+)$/gm)];
    expect(counted.map(([, source, code, count]) => `${source} ${code} ${count}`).toSorted()).toEqual([
      'prometheus body-too-large 1',
      'webhook forbidden 1',
      'webhook malformed-body 1',
      'webhook unauthenticated 1',
      'webhook unsupported-media-type 1',
      'webhook unsupported-version 1',
    ]);
    expect(text).toContain('firebreak_requests_refused_total{code="method-not-allowed",route="none"} 1');
  });

  it('a simulation shows the plan with its risk, what a revert would do, what comes then, and which runbooks do not match', async () => {
    const alerts = [firing('leased', { instance: 'a' }), firing('leased', { instance: 'b' }), firing('careful')];
    const answer = await api.send('POST', '/api/v1/simulations', 'operator', { version: '4', alerts });
    const [first, second, third] = simulations.parse(answer.json).alerts;
    expect(first?.decisions).toMatchObject([
      {
        would: 'open',
        executionId: 'simulated-1',
        mode: 'auto',
        next: 'it would begin by itself, and be taken back after 30 min at the latest',
        plan: {
          steps: [{ risk: 'low', onRevert: [{ resource: 'shop', attribute: 'value', from: 'b', to: '' }] }],
        },
      },
    ]);
    expect(first?.misses).toMatchObject([{ runbook: 'careful' }, { runbook: 'quick' }]);
    expect(second?.decisions).toMatchObject([
      { would: 'suppress', because: 'target-busy', detail: 'the target is held by simulated-1' },
    ]);
    expect(second?.fate).toEqual({ fate: 'suppressed', because: 'target-busy' });
    expect(third?.decisions[0]).toMatchObject({ because: 'target-busy' });
  });
});
