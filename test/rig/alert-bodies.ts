import { fingerprintOf } from '../../src/core/fingerprint.js';

/** Labels and a start; everything else of the alert is filled in. */
export interface AlertOutline {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** Present for a resolved alert. */
  readonly endsAt?: number;
}

/** Writes a webhook body as Alertmanager does. */
export function webhookBody(alerts: readonly AlertOutline[]): string {
  return JSON.stringify({
    receiver: 'firebreak',
    status: alerts.some((alert) => alert.endsAt === undefined) ? 'firing' : 'resolved',
    alerts: alerts.map(({ labels, startsAt, endsAt }) => ({
      status: endsAt === undefined ? 'firing' : 'resolved',
      labels,
      annotations: {
        summary: `something is wrong with ${labels['instance'] ?? 'it'}`,
        runbook_url: 'https://runbooks.example.org/x',
      },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(endsAt).toISOString(),
      generatorURL: 'http://prometheus.example.org/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
      fingerprint: fingerprintOf(labels),
    })),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org',
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
  });
}

/** Posts a body to a running Firebreak and gives the status and the answer's text. */
export async function post(
  url: string,
  body: string,
  path = '/api/v1/alert/trigger',
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}
