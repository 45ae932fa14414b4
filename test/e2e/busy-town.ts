import type { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import type { Role } from '../../src/access/roles.js';
import type { Outcome } from '../../src/core/execution.js';
import { aPlan, anAlert, anExecution, someOrders } from '../../src/testing/examples.js';
import type { ApiApp } from '../integration/api-app.js';

const townRunbook = (name: string, mode: string, more = '', step = 'pretend/set'): string =>
  `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Switch over (${name}), owner: team-a }
spec:
  match: ['alertname="CenterDown"', 'runbook="${name}"']
  target: 'traffic/{{labels.service}}'
  mode: ${mode}
  approval: { within: 15m, required: 2 }
  guards: { cooldown: 10m, maxAlertAge: 1h }
  steps:
    - { name: switch, uses: ${step}, with: { name: '{{labels.service}}', value: b } }
${more}`;

const VERIFY = '  verify: { probe: pretend/state, with: {}, every: 10s, healthy: 2, unhealthy: 2, within: 5m }';

/** The runbooks of the town, for `startApi({ runbooks: TOWN_RUNBOOKS })`. */
export const TOWN_RUNBOOKS: Readonly<Record<string, string>> = {
  careful: townRunbook('careful', 'approve'),
  quick: townRunbook('quick', 'auto'),
  leased: townRunbook('leased', 'auto', '  lease: 30m'),
  judged: townRunbook('judged', 'auto', VERIFY),
  once: townRunbook('once', 'auto', '', 'pretend/set-once'),
};

/** The executions of the town, by what became of them. */
export interface BusyTown {
  readonly succeeded: string;
  readonly rejected: string;
  readonly reverted: string;
  readonly holding: string;
  readonly held: string;
  readonly verifying: string;
  readonly reverting: string;
  readonly applying: string;
  readonly awaitingApproval: string;
  readonly planning: string;
  readonly pause: string;
}

/**
 * Fills a Firebreak with one execution in each phase, by the way that alerts and people take, and with a pause.
 *
 * @param api started with `TOWN_RUNBOOKS`
 * @param as whose token is sent; nobody's where none is configured
 */
export async function aBusyTown(api: ApiApp, as?: Role): Promise<BusyTown> {
  const post = (path: string, body: object) => api.send('POST', path, as, body);
  const open = async (runbook: string, service: string): Promise<string> => {
    const startsAt = new Date(api.clock.now() - 60_000).toISOString();
    const labels = { alertname: 'CenterDown', service, runbook, severity: 'critical' };
    const alert = { status: 'firing', labels, annotations: { summary: `${service} is down` }, startsAt };
    const { status, json, text } = await post('/api/v1/alert/trigger', { version: '4', alerts: [alert] });
    const id = status === 202 ? json.alerts[0].decisions[0].executionId : undefined;
    if (id === undefined) throw new Error(text);
    await api.clock.pass(10);
    return id;
  };
  const later = { how: 'takes-time', againInMs: 300_000 } as const;

  api.target.next('apply', { how: 'loses-the-answer' });
  api.target.next('verify', ...Array.from({ length: 20 }, () => ({ how: 'fails', again: true }) as const));
  const held = await open('once', 'mail');
  await api.clock.pass(120_000);
  api.target.recover();
  const succeeded = await open('quick', 'shop');
  const rejected = await open('careful', 'news');
  await post(`/api/v1/executions/${rejected}/reject`, { reason: 'a drill is on' });
  const reverted = await open('leased', 'pay');
  await post(`/api/v1/executions/${reverted}/revert`, { reason: 'traffic was fine' });
  await api.clock.pass(10);
  const holding = await open('leased', 'search');
  const verifying = await open('judged', 'maps');
  const reverting = await open('leased', 'chat');
  api.target.next('revert', later);
  await post(`/api/v1/executions/${reverting}/revert`, { reason: 'not needed' });
  await api.clock.pass(10);
  api.target.next('apply', later);
  const applying = await open('quick', 'login');
  const awaitingApproval = await open('careful', 'video');
  api.target.next('check', { how: 'hangs' });
  const planning = await open('quick', 'music');
  await api.store.noteCanary(api.clock.now());
  const { json } = await post('/api/v1/pauses', { scope: 'target:traffic/old-*', reason: 'they move', until: '2h' });
  return {
    succeeded,
    rejected,
    reverted,
    holding,
    held,
    verifying,
    reverting,
    applying,
    awaitingApproval,
    planning,
    pause: json.id,
  };
}

const OUTCOMES: readonly Outcome[] = ['succeeded', 'reverted', 'failed', 'rejected', 'expired', 'not-needed'];

/**
 * Puts so many closed executions of some time ago into a store; faster than by the way that alerts take.
 *
 * @param now the present time of the store
 */
export async function manyExecutions(store: MemoryExecutionStore, count: number, now: number): Promise<void> {
  const orders = someOrders();
  for (let i = 0; i < count; i++) {
    const at = now - (count - i) * 1_000;
    const labels = { alertname: 'CenterDown', service: `service-${i}`, severity: 'warning' };
    const fresh = anExecution(
      {
        id: `many-${i}`,
        runbook: `runbook-${i % 7}`,
        target: `traffic/service-${i}`,
        alert: anAlert({ labels }),
        orders,
      },
      at,
    );
    await store.open(fresh, []);
    const before = await store.get(fresh.id);
    if (before === undefined) throw new Error('what was opened is there');
    const outcome = OUTCOMES[i % OUTCOMES.length] ?? 'succeeded';
    const detail = 'for a test';
    const next = {
      ...fresh,
      closedAt: at + 900,
      state: { phase: 'closed', outcome, detail, plan: aPlan(orders) },
    } as const;
    await store.append({ before, next, at, event: { type: 'not-needed', detail } });
  }
}
