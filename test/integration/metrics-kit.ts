import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { webhookBody } from '../rig/alert-bodies.js';
import { waitFor } from '../rig/wait-for.js';

/** What Prometheus 2 sends. */
export const PROMETHEUS_ACCEPTS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

const lamp = (mode: string, state: string, change: string): string => `
  target: 'lamp/{{labels.lamp}}'
  mode: ${mode}
  guards: { cooldown: 0s, storm: off, recurrence: off }
  steps: [{ name: switch, uses: practice/lamp, with: { lamp: '{{labels.lamp}}', state: on } }]
  verify: { probe: practice/lamp, with: { lamp: '{{labels.lamp}}', healthy: ${state} }, every: 100ms, healthy: 1, unhealthy: 1, within: 20s }
${change}`;

const runbook = (name: string, spec: string): string => `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: For the metrics, owner: team-a }
spec:
  match: ['alertname="${name}"', 'lamp=~".+"']${spec}`;

/** Runbooks that end in every way, by the name of their file; each answers the alert that is called like it. */
export const RUNBOOKS: Readonly<Record<string, string>> = {
  'quick.yaml': runbook('quick', lamp('auto', 'on', '  objective: { recovery: 12s, dataLoss: 0s }\n')),
  'asks.yaml': runbook('asks', lamp('approve', 'on', '')),
  'leased.yaml': runbook('leased', lamp('auto', 'on', '  lease: 1h\n')),
  'in-vain.yaml': runbook('in-vain', lamp('auto', 'off', '  escalate: asks\n')),
};

/** What came of one alert. */
export interface Answered {
  readonly executionId: string;
  /** That its sender gave. */
  readonly traceId: string;
}

const answer = z.object({
  alerts: z.array(z.object({ decisions: z.array(z.object({ executionId: z.string().exactOptional() })) })),
});
const execution = z.object({
  phase: z.string(),
  outcome: z.string().nullish(),
  plan: z.object({ digest: z.string() }).nullish(),
});

/** Lives the life of a service that has much to do, so that as many metrics as possible have something to say. */
export class BusyHistory {
  /** @param url of the service, which asks nobody who they are */
  constructor(private readonly url: string) {}

  /** Sends an alert that belongs to a trace of its own, and gives the execution that it opened. */
  async fire(alertname: string, lampName: string): Promise<Answered> {
    const traceId = randomBytes(16).toString('hex');
    const labels = { alertname, lamp: lampName, severity: 'critical' };
    const response = await fetch(`${this.url}/api/v1/alert/trigger`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: webhookBody([{ labels, startsAt: Date.now() - 1_500 }]),
    });
    const [alert] = answer.parse(await response.json()).alerts;
    return { executionId: alert?.decisions[0]?.executionId ?? '', traceId };
  }

  /** Waits until an execution is in a phase. */
  async until(id: string, phase: string): Promise<z.infer<typeof execution>> {
    let last = execution.parse({ phase: '' });
    const look = async (): Promise<boolean> => {
      last = execution.parse(await (await fetch(`${this.url}/api/v1/executions/${id}`)).json());
      return last.phase === phase;
    };
    await waitFor(`${id} to be ${phase}`, look, 30_000);
    return last;
  }

  /** Sends a command, or anything else, and gives the status. */
  async post(path: string, body: unknown = {}): Promise<number> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return (await fetch(this.url + path, { ...init, body: text })).status;
  }

  /** Asks for the metrics as Prometheus does, or as everybody else does. */
  async metrics(accept?: string): Promise<{ readonly type: string; readonly text: string }> {
    const response = await fetch(`${this.url}/metrics`, accept === undefined ? {} : { headers: { accept } });
    return { type: response.headers.get('content-type') ?? '', text: await response.text() };
  }
}
