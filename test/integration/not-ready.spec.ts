import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBlackbox, type RigBlackbox } from '../rig/blackbox.js';
import { post } from '../rig/alert-bodies.js';
import { startFickleCenter, type FickleCenter } from '../rig/fickle-center.js';
import { startHaproxy, type RigHaproxy } from '../rig/haproxy.js';
import { NO_GOVERNOR, startService, type RigService } from '../rig/service.js';
import { startToldPrometheus, type ToldPrometheus } from '../rig/told-prometheus.js';
import { waitFor } from '../rig/wait-for.js';

const RUNBOOK = `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: cut-over, title: Cut over to b, owner: team-x }
spec:
  match: ['alertname="CenterDown"']
  target: 'traffic/{{labels.service}}'
  mode: approve
  guards:
    cooldown: 0s
    require:
      - { probe: cut-over-center/center-health, with: { center: b } }
      - probe: cut-over-center/readiness
        with:
          center: b
          from: '{{labels.center}}'
          headroom: { load: 'sum by (center) (center_load)', capacity: '{{topology.centers.b.capacity}}' }
          lag: { query: replication_lag_seconds, most: 5s }
          policies: {}
          drill: { query: firebreak_center_proven_timestamp_seconds, most: 7d }
  steps:
    - name: switch
      uses: cut-over-center/haproxy
      with: { backend: centers, servers: [{ server: b, state: ready, weight: 100 }, { server: a, state: drain }] }
`;
const TOPOLOGY = `apiVersion: firebreak/v1
kind: Topology
regions: { r: {} }
centers:
  a: { region: r, vendor: v, role: serving, capacity: 1000 }
  b: { region: r, vendor: v, role: standby, capacity: 1000 }
`;
const WELL: Readonly<Record<string, number>> = {
  'center_load{center="a"}': 300,
  'center_load{center="b"}': 200,
  'replication_lag_seconds{center="b"}': 0.1,
  'policy_info{center="a",policy="egress-allow-list",version="7"}': 1,
  'policy_info{center="b",policy="egress-allow-list",version="7"}': 1,
  'policy_info{center="b",policy="waf",version="1"}': 1,
  'firebreak_center_proven_timestamp_seconds{center="b"}': Math.floor(Date.now() / 1000) - 3_600,
};
const execution = z.object({
  id: z.string(),
  phase: z.string(),
  outcome: z.string().nullish(),
  detail: z.string().nullish(),
});

describe('a cut-over to a centre that is not ready', { timeout: 60_000 }, () => {
  let edge: RigBlackbox;
  let centers: { readonly a: FickleCenter; readonly b: FickleCenter };
  let haproxy: RigHaproxy;
  let prometheus: ToldPrometheus;
  let service: RigService;
  let services = 0;

  beforeAll(async () => {
    const [a, b] = [await startFickleCenter(), await startFickleCenter()];
    centers = { a, b };
    const addresses = { a: new URL(a.url).host, b: new URL(b.url).host };
    [edge, haproxy, prometheus] = await Promise.all([startBlackbox(), startHaproxy(addresses), startToldPrometheus()]);
    prometheus.tell(WELL);
    service = await startService({
      runbooks: { 'cut-over.yaml': RUNBOOK },
      topology: TOPOLOGY,
      settings: `${NO_GOVERNOR}plugins:
  cut-over-center:
    endpoint: ${haproxy.admin}
    health:
      centers: { a: '${a.url}/healthz', b: '${b.url}/healthz' }
      vantages: { edge: { blackbox: '${edge.url}' } }
      timeout: 1s
    readiness: { prometheus: '${prometheus.url}' }
`,
    });
  });
  afterAll(async () => {
    await Promise.all([service, haproxy, prometheus, edge].map((part) => part?.stop()));
    await Promise.all([centers?.a.close(), centers?.b.close()]);
  });

  /** What HAProxy itself says of its servers: name, administrative state, weight. */
  const standing = async () => {
    const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
    return rows.map((row) => row.split(' ')).map((cells) => [cells[3], cells[6], cells[7]]);
  };

  /** Asks for a cut-over of a service of its own, and waits until it is decided. */
  const cutOver = async () => {
    const body = JSON.stringify({ labels: { service: `shop-${++services}`, center: 'a' }, reason: 'a test' });
    const { text } = await post(service.url, body, '/api/v1/runbooks/cut-over/executions');
    const { id } = execution.parse(JSON.parse(text));
    return waitFor(
      'the cut-over to be decided',
      async () => {
        const answer = await fetch(`${service.url}/api/v1/executions/${id}`);
        const now = execution.parse(await answer.json());
        return now.phase !== 'planning' && now;
      },
      30_000,
    );
  };

  const known = (series: string, value: number | undefined) =>
    waitFor(
      `${series} to be known`,
      async () => {
        const query = new URLSearchParams({ query: series });
        const answer = await (await fetch(`${prometheus.url}/api/v1/query?${query}`)).text();
        return value === undefined ? answer.includes('"result":[]') : answer.includes(`"${value}"]`);
      },
      30_000,
    );
  const tell = async (series: string, value: number | undefined) => {
    const { [series]: _gone, ...others } = WELL;
    prometheus.tell(value === undefined ? others : { ...others, [series]: value });
    await known(series, value);
  };

  it.each<[string, string, number | undefined, string]>([
    ['whose replica lags', 'replication_lag_seconds{center="b"}', 30, 'lag 30 s, wanted at most 5 s'],
    ['without headroom', 'center_load{center="b"}', 600, 'headroom 10 % of 1000 left free, wanted at least 20 %'],
    [
      'E2: where a policy is missing',
      'policy_info{center="b",policy="egress-allow-list",version="7"}',
      undefined,
      'policies missing at b: egress-allow-list',
    ],
    [
      'of whose last drill nobody knows',
      'firebreak_center_proven_timestamp_seconds{center="b"}',
      undefined,
      'the last drill of b cannot be told: the query has no data',
    ],
  ])('%s is refused, says why, and changes nothing', async (_, series, value, reason) => {
    const before = await standing();
    await tell(series, value);
    const refused = await cutOver();
    expect(refused).toMatchObject({ phase: 'closed', outcome: 'blocked' });
    expect(refused.detail).toContain('cut-over-center/readiness: ');
    expect(refused.detail).toContain(reason);
    expect(await standing()).toEqual(before);
    await tell(series, WELL[series]);
  });

  it('is refused while one vantage point is cut off, although the other sees it up', async () => {
    const before = await standing();
    edge.process.signal('SIGSTOP');
    const refused = await cutOver().finally(() => edge.process.signal('SIGCONT'));
    expect(refused).toMatchObject({ phase: 'closed', outcome: 'blocked' });
    expect(refused.detail).toMatch(
      /^precondition: cut-over-center\/center-health: not every vantage point can tell: here says up \(\d+ ms\), edge is silent \(the exporter: no answer\)$/,
    );
    expect(await standing()).toEqual(before);
  });

  it('is planned once all is in order: it was refused for that reason only', async () => {
    expect(await cutOver()).toMatchObject({ phase: 'awaiting-approval' });
  });
});
