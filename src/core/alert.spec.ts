import { describe, expect, it } from 'vitest';
import { anAlert } from '../testing/examples.js';
import { alertFingerprint, alertName, labelsFrom } from './alert.js';

const inherited = ['toString', 'constructor', 'hasOwnProperty', '__proto__', 'valueOf'];

describe('labelsFrom', () => {
  it.each(inherited)('S5: knows no label %s that nobody gave', (name) => {
    expect(labelsFrom({ alertname: 'X' })[name]).toBeUndefined();
  });

  it.each(inherited)('S5: keeps a label that is really named %s', (name) => {
    const source: Record<string, string> = JSON.parse(`{"alertname":"X","${name}":"mine"}`);
    const labels = labelsFrom(source);
    expect(labels[name]).toBe('mine');
    expect(Object.keys(labels)).toEqual(['alertname', name]);
    expect(Object.getPrototypeOf(labels)).toBeNull();
    expect(Object.hasOwn(Object.prototype, 'mine')).toBe(false);
  });

  it('drops empty values, which mean "absent" in Prometheus', () => {
    expect({ ...labelsFrom({ a: '', b: ' ', c: '0' }) }).toEqual({ b: ' ', c: '0' });
  });

  it('gives an alert the same fingerprint with and without empty labels', () => {
    expect(alertFingerprint(labelsFrom({ a: '1', b: '' }))).toBe(alertFingerprint(labelsFrom({ a: '1' })));
  });
});

describe('alertName', () => {
  it('is the label alertname, or the fingerprint where there is none', () => {
    expect(alertName(anAlert({ labels: { alertname: 'CenterDown' } }))).toBe('CenterDown');
    const nameless = anAlert({ labels: { center: 'a' } });
    expect(alertName(nameless)).toBe(nameless.fingerprint);
  });
});
