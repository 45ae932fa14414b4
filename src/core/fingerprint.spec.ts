import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.js';

const captures = new URL('../../test/fixtures/captures/', import.meta.url);

describe('fingerprintOf', () => {
  const alerts = readdirSync(captures)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const body: { alerts: { labels: Record<string, string>; fingerprint: string }[] } = JSON.parse(
        readFileSync(new URL(name, captures), 'utf8'),
      );
      return body.alerts.map((alert) => ({ name, ...alert }));
    });

  it('has real alerts to compare with', () => expect(alerts.length).toBeGreaterThan(1000));

  it('gives what Alertmanager gave to every captured alert', () => {
    const wrong = alerts.filter((alert) => fingerprintOf(alert.labels) !== alert.fingerprint);
    expect(wrong.map((alert) => alert.name)).toEqual([]);
  });

  it('gives the offset basis for no labels, as prometheus/common does', () => {
    expect(fingerprintOf({})).toBe('cbf29ce484222325');
  });
});
