import { expect, it } from 'vitest';
import { dnsRefusal } from './dns-refusal.js';

it.each([
  [1, 'not-understood', false],
  [2, 'target-failed', true],
  [4, 'refused-by-target', false],
  [5, 'refused-by-target', false],
  [9, 'not-authoritative', false],
  [10, 'not-in-zone', false],
  [15, 'refused-by-target', false],
])('answer code %i is %s, and trying again helps: %s', (code, kind, again) => {
  expect(dnsRefusal('ns', code, { error: 0 })).toMatchObject({ code: kind, again });
});

it.each([
  [16, 'bad-key'],
  [17, 'bad-key'],
  [22, 'refused-by-target'],
])('remark %i on the signature is %s, whatever the answer code', (error, kind) => {
  for (const code of [0, 9]) expect(dnsRefusal('ns', code, { error })).toMatchObject({ code: kind, again: false });
});

it('clocks that differ are a reason to try again: a process that stood still signs anew', () => {
  expect(dnsRefusal('ns', 9, { error: 18, aheadBy: -400 })).toMatchObject({
    code: 'clock-skew',
    again: true,
    message: 'ns says that the message is not of now (BADTIME): its clock is 400 s behind ours; set both by NTP',
  });
});
