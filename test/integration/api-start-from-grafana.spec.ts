import { afterEach, beforeEach, expect, it } from 'vitest';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const MOVING = "  serving: { out: '{{labels.center}}', in: '{{topology.center.standby}}' }\n";
const RUNBOOKS = { moving: runbookFile('moving', MOVING, 'auto'), quick: runbookFile('quick', '', 'auto') };
const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North } }
centers:
  a: { region: north, vendor: v1, role: serving, capacity: 100, standby: b }
  b: { region: north, vendor: v2, role: standby, capacity: 100, standby: a }
assertions: [{ name: somebody-serves, minServing: 1 }]
`;

let api: ApiApp;
beforeEach(async () => (api = await startApi({ runbooks: RUNBOOKS, topology: TOPOLOGY })));
afterEach(() => api.close());

const FROM_GRAFANA = { 'x-grafana-action': '1', origin: 'http://localhost:9700' };

/** Sends what a button sends and lets what follows happen. */
async function press(runbook: string, headers: Record<string, string>) {
  const query = 'label.center=a&label.service=shop&from=1793534400000&to=1793538000000&reason=&idempotencyKey=';
  const url = `/api/v1/runbooks/${runbook}/executions?${query}`;
  const started = await api.send('POST', url, 'approver', undefined, headers);
  await api.clock.pass(10);
  return { ...started, after: (await api.send('GET', `/api/v1/executions/${started.json.id}`, 'viewer')).json };
}

it('E6: a cut-over from a button in Grafana waits for somebody else, also where its runbook acts by itself', async () => {
  const { status, json, after } = await press('moving', FROM_GRAFANA);
  expect([status, json.trigger, after.mode, after.phase]).toEqual([202, 'grafana', 'approve', 'awaiting-approval']);
  expect(api.target.writes).toEqual([]);
  const approveAs = (who: 'approver' | 'second-approver') =>
    api.send('POST', `/api/v1/executions/${json.id}/approve`, who, { digest: after.plan?.digest });
  expect((await approveAs('approver')).json.code).toBe('own-request');
  expect((await approveAs('second-approver')).status).toBe(200);
  await api.clock.pass(10);
  expect(api.target.writes).not.toEqual([]);
});

it('the same one acts by itself when somebody writes the request', async () => {
  expect((await press('moving', {})).after).toMatchObject({ mode: 'auto', trigger: 'manual' });
  expect(api.target.writes).not.toEqual([]);
});

it('what moves no centre does what its runbook says, from a button too', async () => {
  expect((await press('quick', FROM_GRAFANA)).after).toMatchObject({ mode: 'auto', trigger: 'grafana' });
  expect(api.target.writes).not.toEqual([]);
});
