import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAlerts, readPrometheusAlerts } from './read-payload.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const labels = { alertname: 'CenterDown', center: 'a' };

function capture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../test/fixtures/captures/${name}.json`, import.meta.url), 'utf8'));
}

describe('a body of Alertmanager', () => {
  it('is read as it was captured', () => {
    expect(readAlerts(capture('43-prom-centerdown-firing'))).toMatchObject({
      ok: true,
      source: 'alertmanager',
      truncated: 0,
      alerts: [{ status: 'firing', fingerprint: 'd37179e5599962be', startsAt: Date.parse('2026-11-21T03:00:09.840Z') }],
    });
  });

  it('knows the end of resolved alerts only; that of a firing one means nothing', () => {
    const read = readAlerts(capture('18-group-mixed-1-resolved-2-firing'));
    const ends = read.ok ? read.alerts.map(({ status, endsAt }) => [status, endsAt !== undefined]) : [];
    expect(ends).toEqual([
      ['resolved', true],
      ['firing', false],
      ['firing', false],
    ]);
  });

  it('keeps a label named __proto__ as the label that it is', () => {
    const read = readAlerts(capture('70-label-named-__proto__'));
    const [alert] = read.ok ? read.alerts : [];
    expect(Object.keys(alert?.labels ?? {})).toContain('__proto__');
    expect(Object.getPrototypeOf(alert?.labels)).toBeNull();
  });

  it('computes a fingerprint that is missing or none', () => {
    const alerts = [{ status: 'firing', labels, startsAt: '2026-11-21T12:00:00Z', fingerprint: 'x' }];
    const read = readAlerts({ version: '4', alerts });
    expect(read.ok && read.alerts[0]?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it('may have keys that nobody knows yet', () => {
    const alerts = [{ status: 'firing', labels, startsAt: '2026-11-21T12:00:00Z', mood: 'grey' }];
    expect(
      readAlerts({ version: '4', alerts, notification_reason: 'first notification', routeLabels: {} }),
    ).toMatchObject({ ok: true });
  });
});

describe('a body of a Grafana contact point', () => {
  it('is read, with values that are null and keys of its own', () => {
    const alert = {
      status: 'resolved',
      labels,
      annotations: {},
      startsAt: '2026-11-21T11:00:00Z',
      endsAt: '2026-11-21T11:30:00+00:00',
      values: null,
      valueString: '',
      silenceURL: 'http://g/silence',
      dashboardURL: '',
      panelURL: '',
      ruleUID: 'u',
    };
    const body = { version: '1', orgId: 1, title: 't', state: 'ok', message: 'm', alerts: [alert], truncatedAlerts: 0 };
    expect(readAlerts(body)).toMatchObject({
      ok: true,
      source: 'grafana',
      alerts: [{ endsAt: Date.parse('2026-11-21T11:30:00Z') }],
    });
  });
});

describe('a body that Prometheus sends to an Alertmanager', () => {
  const one = (times: { startsAt?: string; endsAt?: string }) => {
    const read = readPrometheusAlerts([{ labels, annotations: {}, generatorURL: 'http://p', ...times }], now);
    return read.ok ? read.alerts[0] : read;
  };

  it('is firing while its end lies in the future, and resolved once it has passed', () => {
    const startsAt = '2026-11-21T11:58:00.123456789Z';
    expect(one({ startsAt, endsAt: '2026-11-21T12:03:00Z' })).toMatchObject({ status: 'firing' });
    expect(one({ startsAt, endsAt: '2026-11-21T12:00:00Z' })).toMatchObject({ status: 'resolved', endsAt: now });
    expect(one({ startsAt })).toMatchObject({ status: 'firing', startsAt: Date.parse('2026-11-21T11:58:00.123Z') });
  });

  it("has Alertmanager's fingerprint, so that both paths speak of the same alert", () => {
    const byAlertmanager = readAlerts(capture('43-prom-centerdown-firing'));
    const [alert] = byAlertmanager.ok ? byAlertmanager.alerts : [];
    const read = readPrometheusAlerts([{ labels: { ...alert?.labels }, startsAt: '2026-11-21T11:58:00Z' }], now);
    expect(read.ok && read.alerts[0]?.fingerprint).toBe('d37179e5599962be');
  });

  it('takes the zero time for "not set"', () => {
    expect(one({ startsAt: '0001-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' })).toMatchObject({
      status: 'firing',
      startsAt: now,
    });
  });

  it('refuses times that are none', () => {
    expect(one({ startsAt: 'soon' })).toMatchObject({ ok: false, code: 'malformed-body' });
  });
});
