import { labelsFrom, type Alert, type Instant, type Labels } from '../core/alert.js';
import type { ErrorCode } from '../core/errors.js';
import { fingerprintOf } from '../core/fingerprint.js';
import {
  isPrometheusBody,
  isWebhookBody,
  whatIsWrong,
  type PrometheusBody,
  type WebhookAlert,
} from './payload-schema.js';

/** The alerts of a body, or which entry of the error catalogue it is. */
export type ReadPayload =
  | {
      readonly ok: true;
      readonly source: 'alertmanager' | 'grafana' | 'prometheus';
      readonly alerts: readonly Alert[];
      readonly truncated: number;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/**
 * Reads what Alertmanager or Grafana posted.
 *
 * @param body parsed JSON of any shape
 */
export function readAlerts(body: unknown): ReadPayload {
  if (!isWebhookBody(body)) return refusal(body);
  const alerts: Alert[] = [];
  for (const raw of body.alerts) {
    const alert = alertOf(raw);
    if (alert === undefined)
      return { ok: false, code: 'malformed-body', detail: `"${raw.startsAt}" or "${raw.endsAt}" is not a time` };
    alerts.push(alert);
  }
  return {
    ok: true,
    source: body.version === '4' ? 'alertmanager' : 'grafana',
    alerts,
    truncated: Math.max(0, body.truncatedAlerts ?? 0),
  };
}

function refusal(body: unknown): ReadPayload {
  const version = typeof body === 'object' && body !== null && 'version' in body ? body.version : undefined;
  if (version === '4' || version === '1')
    return { ok: false, code: 'malformed-body', detail: whatIsWrong(isWebhookBody) };
  const detail = version === undefined ? 'the body has no version' : `version ${JSON.stringify(version).slice(0, 40)}`;
  return { ok: false, code: 'unsupported-version', detail };
}

function alertOf(raw: WebhookAlert): Alert | undefined {
  const startsAt = Date.parse(raw.startsAt);
  const endsAt = raw.status === 'resolved' ? Date.parse(raw.endsAt ?? '') : undefined;
  if (Number.isNaN(startsAt) || Number.isNaN(endsAt)) return undefined;
  const labels = labelsFrom(raw.labels);
  return {
    fingerprint: raw.fingerprint && /^[0-9a-f]{16}$/.test(raw.fingerprint) ? raw.fingerprint : fingerprintOf(labels),
    status: raw.status,
    labels,
    annotations: labelsFrom(raw.annotations ?? {}),
    startsAt,
    ...(endsAt === undefined ? {} : { endsAt }),
    generatorURL: raw.generatorURL ?? '',
  };
}

/**
 * Reads what Prometheus posts to an Alertmanager. Prometheus says "firing" by an end in the future.
 *
 * @param body parsed JSON of any shape
 * @param now by the shared clock
 */
export function readPrometheusAlerts(body: unknown, now: Instant): ReadPayload {
  if (!isPrometheusBody(body)) return { ok: false, code: 'malformed-body', detail: whatIsWrong(isPrometheusBody) };
  const alerts: Alert[] = [];
  for (const raw of body) {
    const alert = prometheusAlert(raw, now);
    if (alert === undefined)
      return { ok: false, code: 'malformed-body', detail: `"${raw.startsAt}" or "${raw.endsAt}" is not a time` };
    alerts.push(alert);
  }
  return { ok: true, source: 'prometheus', alerts, truncated: 0 };
}

function prometheusAlert(raw: PrometheusBody[number], now: Instant): Alert | undefined {
  const labels: Labels = labelsFrom(raw.labels);
  const endsAt = isZero(raw.endsAt) ? Infinity : Date.parse(raw.endsAt ?? '');
  const startsAt = isZero(raw.startsAt) ? Math.min(now, endsAt) : Date.parse(raw.startsAt ?? '');
  if (Number.isNaN(startsAt) || Number.isNaN(endsAt)) return undefined;
  const over = endsAt <= now;
  return {
    fingerprint: fingerprintOf(labels),
    status: over ? 'resolved' : 'firing',
    labels,
    annotations: labelsFrom(raw.annotations ?? {}),
    startsAt,
    ...(over ? { endsAt } : {}),
    generatorURL: raw.generatorURL ?? '',
  };
}

/** Go's zero time stands for "not set". */
function isZero(time: string | null | undefined): boolean {
  return time === undefined || time === null || time === '' || time.startsWith('0001-01-01T00:00:00');
}
