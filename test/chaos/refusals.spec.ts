import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FIREBREAK_SITE } from '../rig/network.js';
import { observed, served } from '../rig/drill/ready.js';
import { startDrillRig, type DrillRig } from '../rig/drill/rig.js';
import { CUT_OVER } from '../rig/drill/run.js';
import { planned } from '../rig/drill/scenarios/planned.js';
import { queryNow } from '../rig/prometheus-query.js';
import { waitFor } from '../rig/wait-for.js';

/** Each refusal is looked at in the systems themselves: roles, who may connect, the load balancer, writes that go on. */
describe('a cut-over with data that must not be', () => {
  let rig: DrillRig;
  let stateBefore: unknown;
  const undo: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    rig = await startDrillRig();
    stateBefore = await systems();
  }, 60_000);
  afterAll(() => rig.stop());
  afterEach(async () => {
    for (const one of undo.splice(0).toReversed()) await one();
    await observed(rig);
    await served(rig, 'a');
  }, 60_000);

  async function systems(): Promise<unknown> {
    const state = `SELECT pg_is_in_recovery() AS standby, (SELECT datallowconn FROM pg_database WHERE datname = 'orders') AS open,
      current_setting('synchronous_standby_names') AS names`;
    const haproxy = await rig.haproxy.tell('show servers state orders');
    return {
      a: await rig.postgres.a.query(state),
      b: await rig.postgres.b.query(state),
      // Name, operational and administrative state of each server.
      servers: haproxy
        .split('\n')
        .slice(2)
        .map((line) => line.split(' ').slice(3, 7)),
      map: await rig.haproxy.tell(`show map ${rig.haproxy.map}`),
    };
  }

  /** Asks for a cut-over and gives the reason why it was refused. */
  async function refusal(): Promise<string> {
    const before = (await rig.firebreak.executions()).length;
    await planned.fault(rig, 'a', 'b');
    const execution = await waitFor(
      'Firebreak to have refused',
      async () => {
        const all = await rig.firebreak.executions();
        return all.length > before && all[0]?.phase === 'closed' && all[0];
      },
      20_000,
      100,
    );
    expect([execution.runbook, execution.outcome]).toEqual([CUT_OVER, expect.not.stringMatching('succeeded')]);
    expect(execution.steps.map((step) => step.state)).toEqual(execution.steps.map(() => 'waiting'));
    return execution.detail ?? '';
  }

  async function nothingHasChanged(): Promise<void> {
    expect(await systems()).toEqual(stateBefore);
    await served(rig, 'a');
  }

  it('is refused while the replica lags, and nothing has changed', async () => {
    undo.push(() => rig.postgres.b.query('SELECT pg_wal_replay_resume()'));
    await rig.postgres.b.query('SELECT pg_wal_replay_pause()');
    await waitFor(
      'Prometheus to see the lag',
      async () => ((await queryNow(rig.prometheus.url, 'orders_replication_lag_seconds'))[0] ?? 0) > 6,
      20_000,
      200,
    );
    const said = await refusal();
    expect(said).toMatch(/readiness: b is not ready to take over from a/);
    expect(said).toMatch(/lag \d+ s.*, wanted at most 5 s/);
    await nothingHasChanged();
  }, 60_000);

  it('is refused by the step itself when the replay is paused, although the lag looks small still', async () => {
    undo.push(() => rig.postgres.b.query('SELECT pg_wal_replay_resume()'));
    await rig.postgres.b.query('SELECT pg_wal_replay_pause()');
    await waitFor(
      'the replay to be paused',
      async () =>
        (await rig.postgres.b.query('SELECT pg_get_wal_replay_pause_state() AS state'))[0]?.['state'] === 'paused',
      30_000,
    );
    expect(await refusal()).toMatch(/replay on b is paused|b is not ready/);
    await nothingHasChanged();
  }, 60_000);

  it('is refused while the target centre has no headroom, and says how much there is', async () => {
    undo.push(() => rig.orders.b.restart());
    await rig.orders.b.restart({ capacity: 100 });
    await waitFor(
      'Prometheus to see the capacity',
      async () => (await queryNow(rig.prometheus.url, 'orders_capacity{center="b"}'))[0] === 100,
      30_000,
      100,
    );
    const said = await refusal();
    expect(said).toMatch(/b is not ready to take over from a/);
    expect(said).toMatch(/headroom -?\d+ %.* wanted at least 20 %/);
    await nothingHasChanged();
  }, 60_000);

  it('is refused while a policy is missing at the target centre, and names it', async () => {
    undo.push(async () => {
      await rig.orders.b.restart();
      await policiesSeen(2);
    });
    await rig.orders.b.restart({ policies: 'pricing=3' });
    await policiesSeen(1);
    const said = await refusal();
    expect(said).toMatch(/policies missing at b: egress/);
    await nothingHasChanged();
  }, 60_000);

  it('is refused while one vantage point cannot see the centre and the other one can', async (context) => {
    if (rig.network.kind === 'proxies') return context.skip('both vantage points share one path here');
    undo.push(() => rig.network.heal('a'));
    await rig.network.cut('a', FIREBREAK_SITE);
    const said = await refusal();
    expect(said).toMatch(/center-health: the vantage points disagree: here says down \(.*\), edge says up/);
    await nothingHasChanged();
  }, 60_000);

  async function policiesSeen(count: number): Promise<void> {
    await waitFor(
      `${count} policies of b`,
      async () => (await queryNow(rig.prometheus.url, 'count(policy_info{center="b"})'))[0] === count,
      30_000,
      100,
    );
  }
});
