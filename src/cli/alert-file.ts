import { readFileSync } from 'node:fs';
import type { Alert, Instant } from '../core/alert.js';
import { messageOf } from '../core/message-of.js';
import { givenAlerts } from '../intake/given-alerts.js';
import { Stopped } from './command.js';

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
  const read = givenAlerts(body, now);
  if (!read.ok)
    throw new Stopped(
      `${file} holds no alert (${read.detail}): give the body of a webhook, or { "labels": { "alertname": "..." } }`,
    );
  return read.alerts;
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Stopped(`${file} cannot be used: ${messageOf(error)}`);
  }
}
