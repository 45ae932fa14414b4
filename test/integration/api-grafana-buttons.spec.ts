import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Role } from '../../src/access/roles.js';
import { startApi, type ApiApp } from './api-app.js';

let api: ApiApp;
beforeEach(async () => (api = await startApi()));
afterEach(() => api.close());

const AS_A_BUTTON = { 'x-grafana-action': '1', origin: 'http://localhost:9700', 'content-type': 'application/json' };

/** Sends what a button of a dashboard sends: parameters, and a body that says nothing. */
const press = (path: string, as: Role | 'second-approver' = 'operator') =>
  api.send('POST', `/api/v1${path}`, as, '{}', AS_A_BUTTON);

async function opened(runbook: string): Promise<{ readonly id: string; readonly digest: string }> {
  const { json } = await press(`/runbooks/${runbook}/executions?label.service=shop`);
  await api.clock.pass(10);
  const { plan } = (await api.send('GET', `/api/v1/executions/${json.id}`, 'viewer')).json;
  return { id: json.id, digest: plan.digest };
}

const EMPTY = ['label.severity=', 'from=', 'to=', 'annotation.runbook_url=', 'reason=', 'dryRun=', 'idempotencyKey='];

it('a column that a row does not have counts as absent, in every parameter of a start', async () => {
  const { status, json } = await press(`/runbooks/careful/executions?label.service=shop&${EMPTY.join('&')}`);
  expect([status, json.requestedWith, json.dryRun]).toEqual([
    202,
    { labels: { service: 'shop' }, annotations: {} },
    false,
  ]);
  expect(json.reason).toBeUndefined();
});

it('approve agrees to the plan whose digest the row has, and to no other', async () => {
  const { id, digest } = await opened('careful');
  const { status, json } = await press(`/executions/${id}/approve?digest=0000&reason=`, 'approver');
  expect([status, json.code]).toEqual([409, 'plan-changed']);
  expect((await press(`/executions/${id}/approve?digest=&reason=`, 'approver')).status).toBe(400);
  const agreed = await press(`/executions/${id}/approve?digest=${digest}&reason=I+have+read+it`, 'approver');
  expect([agreed.status, agreed.json.id]).toEqual([200, id]);
  expect(agreed.json.approval.grants[0].reason).toBe('I have read it');
});

it.each([
  (digest: string) => `digest=${digest}&digest=${digest}`,
  (digest: string) => `digest[]=${digest}`,
  (digest: string) => `digest=${digest}&reason=a&reason=b`,
  (digest: string) => `digest=${digest}&phase=closed`,
  (digest: string) => `digest=${digest}&approvedBy=somebody`,
  (digest: string) => `digest=${digest}&__proto__=1`,
  (digest: string) => `digest=${digest}&reason=${'x'.repeat(1_001)}`,
])('S13, S15: what is said twice, or is not known, approves nothing (%#)', async (query) => {
  const { id, digest } = await opened('careful');
  const { status, json } = await press(`/executions/${id}/approve?${query(digest)}`, 'approver');
  expect([status, json.code]).toEqual([400, 'wrong-parameter']);
  expect((await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.phase).toBe('awaiting-approval');
});

it.each([
  ['careful', 'reject', 'approver', 'closed'],
  ['careful', 'cancel', 'operator', 'closed'],
  ['leased', 'revert', 'approver', 'closed'],
] as const)('%s: %s as %s answers with the execution, and twice is once', async (runbook, command, as, phase) => {
  const { id } = await opened(runbook);
  for (const _twice of [1, 2]) {
    const { status, headers, json } = await press(`/executions/${id}/${command}?reason=`, as);
    expect([status, json.id, headers['content-type']]).toEqual([200, id, expect.stringContaining('application/json')]);
  }
  await api.clock.pass(10);
  expect((await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.phase).toBe(phase);
});

it.each(['approve?digest=00', 'reject', 'cancel', 'retry', 'accept'])(
  '%s: a row that is out of date is 409 with words, and changes nothing',
  async (command) => {
    const { id } = await opened('quick');
    const { status, json, text } = await press(`/executions/${id}/${command}`, 'admin');
    expect([status, json.code, text.length > 2]).toEqual([409, 'not-in-phase', true]);
    expect((await api.send('GET', `/api/v1/executions/${id}`, 'viewer')).json.outcome).toBe('succeeded');
  },
);

it('S12: a Viewer who finds the button out is told which right it needs', async () => {
  const { id, digest } = await opened('careful');
  const commands = [`approve?digest=${digest}`, 'reject', 'cancel', 'revert', 'retry', 'accept'];
  for (const command of commands)
    expect((await press(`/executions/${id}/${command}`, 'viewer')).json).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
});
