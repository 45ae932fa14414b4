import type { Execution } from '../../src/core/execution.js';
import type { Metrics } from '../../src/telemetry/metrics.js';
import type { Given } from './small-firebreak.js';
import type { WatchedFirebreak } from './watched-firebreak.js';

/** In milliseconds. */
export const SECOND = 1_000;
/** In milliseconds. */
export const MINUTE = 60 * SECOND;

/** A runbook whose people hear of everything; `more` stands below `spec`. */
export const runbook = ({
  name = 'fix',
  alert = 'Broken',
  mode = 'auto',
  uses = 'pretend/set',
  more = '',
} = {}): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Fix it, owner: team-test }
spec:
  match: ['alertname="${alert}"']
  target: 'service/{{labels.service}}'
  mode: ${mode}
  guards: { cooldown: 0s, storm: off, recurrence: { limit: 2, per: 7d } }
  steps: [{ name: set, uses: ${uses}, with: { name: '{{labels.service}}', value: fixed-by-${name} } }]
  notify: [pretend/people]
${more}`;
/** Judges the result by what the test says. */
export const VERIFY = '  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 2, unhealthy: 2, within: 30s }';
/** The same, and takes a worse state for harm. */
export const HARM = `${VERIFY.slice(0, -2)}, guards: [{ name: errors, probe: pretend/state, with: {} }] }`;

/** An alert about one service. */
export const broken = (service = 'shop'): Given => ({ labels: { alertname: 'Broken', service } });

/** The alert fires, what it opens comes to its end, and the alert resolves. */
export async function incident(small: WatchedFirebreak, service = 'shop'): Promise<void> {
  const { world } = small;
  const startsAt = world.clock.now();
  await small.post({ ...broken(service), startsAt });
  await world.pass(MINUTE);
  await small.post({ ...broken(service), startsAt, endsAt: world.clock.now() });
  await world.pass(MINUTE);
  world.target.values.set(service, 'broken again');
}

/** What people heard of one kind. */
export const toldOf = ({ world }: WatchedFirebreak, event: string) =>
  world.target.told.filter((one) => one.event === event);
/** The execution that was opened last. */
export const newest = async ({ world }: WatchedFirebreak): Promise<Execution | undefined> =>
  (await world.store.list({ limit: 1 })).items[0];
/** A person agrees to what the newest execution asks. */
export async function approve(small: WatchedFirebreak): Promise<void> {
  const execution = await newest(small);
  if (execution?.state.phase !== 'awaiting-approval') throw new Error('it does not ask');
  const { digest } = execution.state;
  await small.world.command(execution.id, { type: 'approved', by: 'ada', roles: ['approver'], digest });
  await small.world.pass(SECOND);
}

/** The values of one counter, by its labels. */
export async function counted(metrics: Metrics, name: string): Promise<{ labels: object; value: number }[]> {
  const counter = await metrics.registry.getSingleMetric(name)?.get();
  return (counter?.values ?? []).map(({ labels, value }) => ({ labels, value }));
}
/** The log without its facts. */
export const story = ({ lines }: WatchedFirebreak) =>
  lines.filter(({ message }) => message !== 'message sent').map(({ level, message }) => `${level}: ${message}`);
