import { z } from 'zod';
import { instant } from './calls.js';
import type { Town } from './history.js';
import { waitFor } from '../rig/wait-for.js';

/** Executions of the history by what became of them; those that wait for somebody are there several times. */
export interface KnownHistory {
  readonly awaiting: readonly string[];
  readonly holding: readonly string[];
  readonly held: readonly string[];
  readonly verifying: readonly string[];
  readonly cutOver: string;
  /** How many closed ones there are, by outcome. */
  readonly closed: Readonly<Record<string, number>>;
  /** When it began, in milliseconds since the epoch. */
  readonly since: number;
}

const decided = z.object({
  alerts: z.array(
    z.object({
      decisions: z.array(
        z.object({ decision: z.string(), because: z.string().optional(), executionId: z.string().optional() }),
      ),
    }),
  ),
});
const execution = z.object({
  phase: z.string(),
  outcome: z.string().nullish(),
  plan: z.object({ digest: z.string().optional() }).nullish(),
});

const PATIENCE = 60_000;

/** Lets a known set of things happen, twice where figures count what happens, and waits until Prometheus has seen it. */
export async function playHistory(town: Town): Promise<KnownHistory> {
  const since = Date.now();
  await watched(town);
  const fire = (way: string, lamp: string, more: Readonly<Record<string, string>> = {}) =>
    alert(town, { alertname: 'LampOut', way, lamp, severity: 'warning', ...more });
  const opened = async (way: string, lamp: string, end: string, more = {}): Promise<string> => {
    const id = await fire(way, lamp, more);
    if (id === undefined) throw new Error(`nothing was opened for ${way} on ${lamp}`);
    await reaches(town, id, end);
    return id;
  };
  const people = async (id: string, verb: string, end: string): Promise<void> => {
    const { plan } = await stateOf(town, id);
    const digest = verb === 'approve' && plan?.digest !== undefined ? { digest: plan.digest } : {};
    const body = { reason: `so that it is ${end}`, ...digest };
    const { status, json } = await town.send('POST', `/api/v1/executions/${id}/${verb}`, body);
    if (status !== 200) throw new Error(`${verb} was answered ${status}: ${JSON.stringify(json)}`);
    await reaches(town, id, end);
  };
  const cutOver = await alert(town, { alertname: 'CenterDown', center: 'a', service: 'shop', severity: 'critical' });
  for (const time of ['1', '2']) {
    const at = (lamp: string): string => `${lamp}-${time}`;
    await Promise.all([
      opened('quick', at('hall'), 'succeeded'),
      opened('vain', at('cellar'), 'reverted'),
      opened('broken', at('roof'), 'failed'),
      opened('watching', at('street'), 'dry-run'),
      opened('hasty', at('porch'), 'expired'),
      opened('careful', at('garage'), 'awaiting-approval').then((id) => people(id, 'reject', 'rejected')),
      opened('careful', at('shed'), 'awaiting-approval').then((id) => people(id, 'cancel', 'cancelled')),
      opened('careful', at('barn'), 'awaiting-approval').then((id) => people(id, 'approve', 'succeeded')),
      opened('leased', at('yard'), 'holding').then((id) => people(id, 'revert', 'reverted')),
    ]);
    await opened('quick', at('hall'), 'not-needed', { again: 'yes' });
    if (time === '1') await opened('rare', 'attic', 'succeeded');
    else await fire('rare', 'attic', { again: 'yes' });
    await fire('nobody', at('moon'));
    await fire('careful', '', { site: time });
    await town.send('POST', '/-/reload');
    await scraped(town);
  }
  await refused(town);
  for (const lamp of ['east', 'west', 'north']) await fire('stormy', lamp);
  await pausedAndTold(town, fire);
  await drills(town);
  const several = (way: string, lamp: string, end: string, count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => opened(way, `${lamp}-${i}`, end)));
  const awaiting = await several('careful', 'gate', 'awaiting-approval', 5);
  const holding = await several('leased', 'lane', 'holding', 4);
  const held = await several('puzzling', 'tower', 'held', 3);
  const verifying = await several('undecided', 'bridge', 'verifying', 2);
  if (cutOver === undefined) throw new Error('no cut-over was opened');
  await reaches(town, cutOver, 'succeeded');
  await scraped(town);
  return { awaiting, holding, held, verifying, cutOver, closed: {}, since };
}

/** Hands in an alert and gives the execution that it opens, if any. */
async function alert(town: Town, labels: Readonly<Record<string, string>>): Promise<string | undefined> {
  const startsAt = new Date(Date.now() - 2_000).toISOString();
  const annotations = { summary: 'a lamp is out', runbook_url: 'https://example.org/lamps' };
  const body = { version: '4', alerts: [{ status: 'firing', labels, annotations, startsAt }] };
  const { status, json } = await town.send('POST', '/api/v1/alert/trigger', body);
  if (status !== 202) throw new Error(`an alert was answered ${status}: ${JSON.stringify(json)}`);
  return decided
    .parse(json)
    .alerts[0]?.decisions.find(({ executionId, decision }) => decision === 'opened' && executionId)?.executionId;
}

/** Waits until an execution is in a phase or has ended so. */
export async function reaches(town: Town, id: string, end: string): Promise<void> {
  let seen = '';
  await waitFor(
    `${id} to be ${end}`,
    async () => {
      const { phase, outcome } = await stateOf(town, id);
      seen = `${phase} ${outcome ?? ''}`;
      return phase === end || phase === 'closed';
    },
    PATIENCE,
    50,
  );
  if (!seen.split(' ').includes(end)) throw new Error(`${id} was to be ${end}, and is ${seen}`);
}

/** Phase and outcome of an execution now. */
export async function stateOf(town: Town, id: string): Promise<z.output<typeof execution>> {
  return execution.parse((await town.send('GET', `/api/v1/executions/${id}`)).json);
}

/** Waits until Prometheus looks at everything: ready is not yet looking, and the cut-over is judged by what it sees. */
async function watched(town: Town): Promise<void> {
  const source = { name: 'Prometheus', url: town.prometheus, headers: {} };
  const up = async (): Promise<number | undefined> => {
    const [look] = await instant(source, 'count(up == 1)', Date.now());
    return look?.points[0]?.[1];
  };
  await waitFor('Prometheus to look at everything', async () => (await up()) === 3, PATIENCE, 100);
}

/** Waits until Prometheus has looked at Firebreak once more, and has evaluated its rules on that. */
export async function scraped(town: Town): Promise<void> {
  const source = { name: 'Prometheus', url: town.prometheus, headers: {} };
  const began = Date.now() / 1_000;
  await waitFor(
    'the next look of Prometheus',
    async () => {
      const [look] = await instant(source, 'timestamp(up{job="firebreak"})', Date.now());
      return (look?.points[0]?.[1] ?? 0) > began;
    },
    PATIENCE,
    100,
  );
}

async function pausedAndTold(
  town: Town,
  fire: (way: string, lamp: string) => Promise<string | undefined>,
): Promise<void> {
  const { status } = await town.send('POST', '/api/v1/pauses', {
    scope: 'target:lamp/old-*',
    reason: 'they are taken down',
    until: '2h',
  });
  if (status !== 201) throw new Error(`a pause was answered ${status}`);
  await fire('quick', 'old-1');
}

/** Somebody asks for what is not there. */
async function refused(town: Town): Promise<void> {
  for (const way of ['GET', 'GET', 'POST'] as const) await town.send(way, '/api/v1/executions/x-nobody', {});
}

async function drills(town: Town): Promise<void> {
  const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const common = { target: 'traffic/shop', runbook: 'cut-over-center', objectiveSeconds: 12, executions: [] };
  const passed = {
    ...common,
    drill: 'kill-center',
    passed: true,
    recoverySeconds: 6.4,
    detail: 'all that had to hold held',
  };
  const failed = { ...common, drill: 'slow-center', passed: false, recoverySeconds: 19.1, detail: 'p99 was 1.2 s' };
  const slos = (breached: boolean) => [
    { name: 'error-ratio', breached: false },
    { name: 'p99', breached },
  ];
  for (const [i, one] of [
    { ...passed, slos: slos(false) },
    { ...failed, slos: slos(true) },
  ].entries()) {
    const body = { ...one, startedAt: at(30 - i * 10), endedAt: at(29 - i * 10) };
    const { status, json } = await town.send('POST', '/api/v1/drills', body);
    if (status >= 300) throw new Error(`a drill was answered ${status}: ${JSON.stringify(json)}`);
  }
}
