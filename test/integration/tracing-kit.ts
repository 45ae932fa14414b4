import { z } from 'zod';
import { webhookBody } from '../rig/alert-bodies.js';
import type { ReceivedSpan } from '../rig/otlp-spans.js';
import { NO_GOVERNOR } from '../rig/service.js';
import { startStandIn, type StandIn } from '../rig/stand-in.js';
import { waitFor } from '../rig/wait-for.js';

const runbook = (name: string, mode: string, storm = 'off'): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Close a queue, owner: team-test }
spec:
  match: ['alertname="${name}"']
  target: 'queue/{{labels.queue}}'
  mode: ${mode}
  guards: { cooldown: 0s, storm: ${storm}, recurrence: off }
  approval: { required: 1, roles: [approver], within: 15m }
  steps:
    - { name: close, uses: http/request, with: { operation: close, values: { queue: '{{labels.queue}}' } }, timeout: 10s }
  verify:
    probe: http/get
    with: { probe: state, values: { queue: '{{labels.queue}}' } }
    every: 1s
    healthy: 2
    within: 1m
  onUnhealthy: hold
`;

/** A runbook that acts by itself, one that asks, and one that soon is too often asked for. */
export const RUNBOOKS = {
  'acts.yaml': runbook('acts', 'auto'),
  'asks.yaml': runbook('asks', 'approve'),
  'floods.yaml': runbook('floods', 'approve', '{ distinctTargets: 2, per: 10m, calm: 10m, propose: asks }'),
};

/** What is acted on, and whom people are told through; both note the headers that they get. */
export async function startQueues(): Promise<StandIn> {
  const closed = new Set<string>();
  return startStandIn(({ method, path }) => {
    const [, kind = '', name = ''] = path.split('/');
    if (kind === 'hook') return { status: 204 };
    if (method === 'POST') closed.add(name);
    return { status: 200, json: { state: closed.has(name) ? 'closed' : 'open' } };
  });
}

/** firebreak.yaml; people are told by a plugin in a child process. */
export const settingsFor = (queues: StandIn): string => `
plugins:
  webhook: { receivers: { oncall: { url: '${queues.url}/hook', timeout: 5s } } }
  http:
    endpoints: { queues: { url: '${queues.url}', allow: ['127.0.0.1'] } }
    operations:
      close:
        endpoint: queues
        holes: { queue: { pattern: '[a-z0-9-]+' } }
        read: { path: '/queues/{queue}', at: /state }
        is: closed
        request: { method: POST, path: '/queues/{queue}/close' }
    probes:
      state: { endpoint: queues, holes: { queue: { pattern: '[a-z0-9-]+' } }, read: { path: '/queues/{queue}', at: /state }, is: [closed] }
isolate: [webhook]
notify: { routes: [{ to: [webhook/oncall] }] }
${NO_GOVERNOR}`;

const answer = z.object({
  alerts: z.tuple([z.object({ decisions: z.tuple([z.object({ executionId: z.string() })]) })]),
});

/** Posts an alert that opens one execution. */
export async function fire(
  url: string,
  labels: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly executionId: string; readonly headers: Headers }> {
  const body = webhookBody([{ labels, startsAt: Date.now() - 1_000 }]);
  const posted = await fetch(`${url}/api/v1/alert/trigger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const { alerts } = answer.parse(await posted.json());
  return { executionId: alerts[0].decisions[0].executionId, headers: posted.headers };
}

const shown = z.looseObject({
  phase: z.string(),
  outcome: z.string().optional(),
  plan: z.looseObject({ digest: z.string() }).optional(),
});

/** Waits until an execution is in a phase. */
export function inPhase(url: string, id: string, phase: string): Promise<z.infer<typeof shown>> {
  return waitFor(
    `${id} to be ${phase}`,
    async () => {
      const execution = shown.parse(await (await fetch(`${url}/api/v1/executions/${id}`)).json());
      return execution.phase === phase ? execution : undefined;
    },
    60_000,
  );
}

/** The span that a header `traceparent` names. */
export function spanNamed(traceparent: unknown, spans: readonly ReceivedSpan[]): ReceivedSpan | undefined {
  const [, traceId, spanId] = String(traceparent).split('-');
  return spans.find((span) => span.traceId === traceId && span.spanId === spanId);
}
