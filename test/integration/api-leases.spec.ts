import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runbookFile, startApi, type ApiApp } from './api-app.js';

const RUNBOOKS = {
  leased: runbookFile('leased', '  lease: 30m\n  maxLease: 2h\n  onResolved: revert\n  clearFor: 5m', 'auto'),
  longer: runbookFile('longer', '  lease: 45m', 'auto'),
};

describe('leases', () => {
  let api: ApiApp;
  beforeEach(async () => (api = await startApi({ runbooks: RUNBOOKS })));
  afterEach(() => api.close());

  async function fire(runbook: string, service: string, change: object = {}): Promise<string> {
    const labels = { alertname: 'CenterDown', service, runbook };
    const alert = { status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z', ...change };
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts: [alert] });
    await api.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }
  const leases = async () => (await api.send('GET', '/api/v1/leases', 'viewer')).json.items;

  it('lists what is in force for a time, the latest end first, with owner, reason and end', async () => {
    const first = await fire('leased', 'shop');
    const second = await fire('longer', 'pay');
    expect(await leases()).toEqual([
      {
        execution: second,
        runbook: 'longer',
        owner: 'team-a',
        target: 'traffic/pay',
        reason: 'alert CenterDown',
        since: '2026-11-01T12:00:00.010Z',
        ends: '2026-11-01T12:45:00.010Z',
      },
      {
        execution: first,
        runbook: 'leased',
        owner: 'team-a',
        target: 'traffic/shop',
        reason: 'alert CenterDown',
        since: '2026-11-01T12:00:00.000Z',
        ends: '2026-11-01T12:30:00.000Z',
        extendableUntil: '2026-11-01T14:00:00.000Z',
      },
    ]);
  });

  it('says why a person wanted it, and that nothing prolongs what no alert asked for', async () => {
    const path = '/api/v1/runbooks/leased/executions';
    await api.send('POST', path, 'operator', { labels: { service: 'shop' }, reason: 'works on centre a' });
    await api.send('POST', path, 'operator', { labels: { service: 'pay' } });
    await api.clock.pass(10);
    const found = await leases();
    expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(['started by operator', 'works on centre a']));
    expect(found.filter((lease) => 'extendableUntil' in lease)).toEqual([]);
  });

  it('I11: says since when the alert is over, is empty when that took it back, and revert by hand ends a lease', async () => {
    await fire('leased', 'shop');
    const other = await fire('longer', 'pay');
    await fire('leased', 'shop', { status: 'resolved', endsAt: '2026-11-01T12:00:00Z' });
    expect(await leases()).toMatchObject([{}, { target: 'traffic/shop', clearSince: '2026-11-01T12:00:00.020Z' }]);
    await api.clock.pass(5 * 60_000);
    expect(await leases()).toMatchObject([{ target: 'traffic/pay' }]);
    await api.send('POST', `/api/v1/executions/${other}/revert`, 'approver', { reason: 'no longer needed' });
    await api.clock.pass(10);
    expect(await leases()).toEqual([]);
    expect(Object.fromEntries(api.target.values)).toEqual({ shop: '', pay: '' });
  });

  it('counts to more than one page', async () => {
    const shared = await startApi({
      runbooks: RUNBOOKS,
      store: (store) => {
        const list = store.list.bind(store);
        return Object.assign(store, { list: (filter: Parameters<typeof list>[0]) => list({ ...filter, limit: 1 }) });
      },
    });
    for (const service of ['shop', 'pay']) {
      const labels = { alertname: 'CenterDown', service, runbook: 'leased' };
      const alerts = [{ status: 'firing', labels, annotations: {}, startsAt: '2026-11-01T11:59:00Z' }];
      await shared.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts });
      await shared.clock.pass(10);
    }
    expect((await shared.send('GET', '/api/v1/leases', 'viewer')).json.items).toHaveLength(2);
    await shared.close();
  });
});
