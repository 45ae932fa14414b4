import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { labelsFrom, type Alert, type Instant } from '../core/alert.js';
import { fingerprintOf } from '../core/fingerprint.js';
import { readAlerts, readPrometheusAlerts } from '../intake/read-payload.js';
import { Stopped } from './command.js';

const texts = z.record(z.string(), z.string());
const plainAlert = z.strictObject({ labels: texts, annotations: texts.default({}) });

/**
 * Reads the alerts of a file as if they had just begun to fire: the body of a webhook, what Prometheus sends, or only
 * `{ "labels": {...}, "annotations": {...} }`.
 *
 * @param file path of a JSON file
 * @param now when they begin
 * @throws Stopped when the file cannot be read or holds no alert
 */
export function readAlertFile(file: string, now: Instant): readonly Alert[] {
  const body = jsonOf(file);
  const single = plainAlert.safeParse(body);
  if (single.success) return [alertOf(single.data, now)];
  const read = Array.isArray(body) ? readPrometheusAlerts(body, now) : readAlerts(body);
  if (!read.ok)
    throw new Stopped(
      `${file} holds no alert (${read.detail}): give the body of a webhook, or { "labels": { "alertname": "..." } }`,
    );
  if (read.alerts.length === 0) throw new Stopped(`${file} holds no alert: its list is empty`);
  return read.alerts.map((alert) => alertOf(alert, now));
}

function alertOf({ labels, annotations }: z.infer<typeof plainAlert>, now: Instant): Alert {
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

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Stopped(`${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
