import { z } from 'zod';
import { labelsFrom, type Alert, type Instant } from '../core/alert.js';
import { fingerprintOf } from '../core/fingerprint.js';
import { parseMatchers } from '../core/matcher.js';
import { readAlerts, readPrometheusAlerts } from './read-payload.js';

/** The alerts that somebody gives to try something with, or why there are none. */
export type GivenAlerts =
  { readonly ok: true; readonly alerts: readonly Alert[] } | { readonly ok: false; readonly detail: string };

const texts = z.record(z.string(), z.string());
const plainAlert = z.strictObject({ labels: texts, annotations: texts.default({}) });

/**
 * Reads alerts as if they had just begun to fire: the body of a webhook, what Prometheus sends, or only
 * `{ "labels": {...}, "annotations": {...} }`.
 *
 * @param body parsed JSON of any shape
 * @param now when they begin
 */
export function givenAlerts(body: unknown, now: Instant): GivenAlerts {
  const single = plainAlert.safeParse(body);
  if (single.success) return { ok: true, alerts: [alertOf(single.data, now)] };
  const read = Array.isArray(body) ? readPrometheusAlerts(body, now) : readAlerts(body);
  if (!read.ok) return read;
  if (read.alerts.length === 0) return { ok: false, detail: 'its list is empty' };
  return { ok: true, alerts: read.alerts.map((alert) => alertOf(alert, now)) };
}

const HOW =
  'paste labels such as alertname="CenterDown", service="shop"; or an alert as JSON; or the body of a webhook as Alertmanager posts it';

/**
 * Reads what a person has pasted: labels as Prometheus and Alertmanager write them, also one on each line, or JSON as
 * `givenAlerts` takes it, or a JSON map of labels.
 *
 * @param text of the field
 * @param now when they begin
 */
export function pastedAlerts(text: string, now: Instant): GivenAlerts {
  if (text.trim() === '') return { ok: false, detail: `nothing was given: ${HOW}` };
  const json = jsonOf(text);
  if (json === undefined) return labelsIn(text, now);
  const map = texts.safeParse(json);
  if (map.success) return { ok: true, alerts: [alertOf({ labels: map.data, annotations: {} }, now)] };
  const given = givenAlerts(json, now);
  return given.ok ? given : { ok: false, detail: `no alert can be found in it (${given.detail}): ${HOW}` };
}

function labelsIn(text: string, now: Instant): GivenAlerts {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text;
  const lines = inner.split(/\r?\n/).flatMap((line) => line.replace(/,\s*$/, '').trim() || []);
  const read = parseMatchers(lines.join(','));
  if (!read.ok) return { ok: false, detail: `${read.detail.slice(0, 300)}: ${HOW}` };
  const other = read.matchers.find(({ op }) => op !== '=');
  if (other !== undefined)
    return { ok: false, detail: `an alert has ${other.name}="..." and not ${other.name}${other.op}"...": ${HOW}` };
  const labels = Object.fromEntries(read.matchers.map(({ name, value }) => [name, value]));
  return { ok: true, alerts: [alertOf({ labels, annotations: {} }, now)] };
}

function alertOf({ labels, annotations }: Pick<Alert, 'labels' | 'annotations'>, now: Instant): Alert {
  const own = labelsFrom(labels);
  return {
    fingerprint: fingerprintOf(own),
    status: 'firing',
    labels: own,
    annotations: labelsFrom(annotations),
    startsAt: now,
    generatorURL: '',
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
