import { describe, expect, it } from 'vitest';
import { pastedAlerts } from './given-alerts.js';

const labelsOf = (text: string): object[] | string => {
  const read = pastedAlerts(text, 5);
  return read.ok ? read.alerts.map(({ labels }) => ({ ...labels })) : read.detail;
};

const SHOP = { alertname: 'CenterDown', service: 'shop' };

describe('what a person pastes', () => {
  it.each([
    'alertname="CenterDown", service="shop"',
    'alertname="CenterDown",service="shop",',
    '{alertname="CenterDown", service="shop"}',
    '{\n  alertname="CenterDown",\n  service="shop"\n}',
    'alertname = CenterDown\r\nservice = shop\r\n',
    '{"alertname": "CenterDown", "service": "shop"}',
    '{"labels": {"alertname": "CenterDown", "service": "shop"}}',
    '[{"labels": {"alertname": "CenterDown", "service": "shop"}}]',
    '{"version": "4", "alerts": [{"status": "resolved", "labels": {"alertname": "CenterDown", "service": "shop"}, "startsAt": "2026-11-01T12:00:00Z", "endsAt": "2026-11-01T12:00:01Z"}]}',
  ])('is an alert that fires from now on: %s', (text) => {
    expect(labelsOf(text)).toEqual([SHOP]);
    expect(pastedAlerts(text, 5)).toMatchObject({ alerts: [{ status: 'firing', startsAt: 5 }] });
  });

  it.each([
    ['', /^nothing was given: paste labels such as/],
    ['severity=~"a|b"', /^an alert has severity="..." and not severity=~"..."/],
    ['hello', /^one of = != =~ !~ was expected, at column 6/],
    ['{"version": "4", "alerts": []}', /^no alert can be found in it \(its list is empty\)/],
    ['{"version": "9", "alerts": []}', /^no alert can be found in it \(version "9"\)/],
    ['[1]', /^no alert can be found in it/],
  ])('is told what is wrong: %j', (text, says) => {
    expect(labelsOf(text)).toMatch(says);
  });

  it('S5: keeps values as they are, whatever they look like', () => {
    expect(labelsOf('alertname="{{7*7}}", path="../\\\\", x="<img onerror>"')).toEqual([
      { alertname: '{{7*7}}', path: '../\\', x: '<img onerror>' },
    ]);
    expect(labelsOf('toString="x"')).toEqual([{ toString: 'x' }]);
  });
});
