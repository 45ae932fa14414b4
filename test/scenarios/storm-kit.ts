import type { Execution } from '../../src/core/execution.js';
import type { Given } from './small-firebreak.js';
import type { WatchedFirebreak } from './watched-firebreak.js';

/** In milliseconds. */
export const SECOND = 1_000;
/** In milliseconds. */
export const MINUTE = 60 * SECOND;

/** Repairs one target; asks first unless the story says otherwise, so that nothing is begun when the storm breaks loose. */
export const evict = ({
  name = 'evict',
  mode = 'approve',
  storm = 'distinctTargets: 5, propose: cut-over',
} = {}): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Evict a cache, owner: team-test }
spec:
  match: ['alertname="ConfigStale"']
  target: 'cache/{{labels.cluster}}/{{labels.service}}'
  mode: ${mode}
  approval: { within: 1h }
  guards: { cooldown: 0s, storm: ${storm === 'off' ? 'off' : `{ by: cluster, per: 10m, calm: 10m, ${storm} }`} }
  steps: [{ name: set, uses: pretend/set, with: { name: '{{labels.service}}', value: fresh } }]
  notify: [pretend/people]
`;

/** Repairs the whole group, and would do so by itself. */
export const cutOver = `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: cut-over, title: Cut over, owner: team-test }
spec:
  match: ['alertname="OnlyForStorms"']
  target: 'traffic/{{labels.cluster}}'
  mode: auto
  guards: { storm: { distinctTargets: 1 } }
  steps: [{ name: switch, uses: pretend/set, with: { name: '{{labels.cluster}}', value: standby } }]
  notify: [pretend/people]
`;

/** An alert about one target of the group `eu`. */
export const stale = (i: number): Given => ({ labels: { alertname: 'ConfigStale', cluster: 'eu', service: `s${i}` } });
/** The repair of one target, and of the whole group. */
export const BOTH = { runbooks: { evict: evict(), 'cut-over': cutOver } };

/** As many targets as that, one every five seconds. */
export async function hit(small: WatchedFirebreak, count: number, from = 1): Promise<void> {
  for (let i = from; i < from + count; i++) {
    await small.post(stale(i));
    await small.world.pass(5 * SECOND);
  }
}

/** Those of one runbook, newest first. */
export const executions = async ({ world }: WatchedFirebreak, runbook: string): Promise<readonly Execution[]> =>
  (await world.store.list({ runbook, limit: 100 })).items;
/** Those that go on. */
export const storms = ({ world }: WatchedFirebreak) => world.store.governance.storms();
/** What people heard of one kind. */
export const toldOf = ({ world }: WatchedFirebreak, event: string) =>
  world.target.told.filter((one) => one.event === event);

/** A person agrees to what an execution asks. */
export async function approve({ world }: WatchedFirebreak, { id, state }: Execution): Promise<void> {
  const digest = state.phase === 'awaiting-approval' ? state.digest : '';
  await world.command(id, { type: 'approved', by: 'ada', roles: ['approver'], digest });
  await world.pass(5 * SECOND);
}
