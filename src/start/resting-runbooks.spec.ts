import { expect, it } from 'vitest';
import { sayResting } from './resting-runbooks.js';

const resting = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`r${i}`, ['haproxy']] as const));
const WHERE = '(the Runbooks page of the console and "firebreak validate" say which)';

it('says nothing when no runbook rests', () => {
  expect(sayResting({ resting: new Map() })).toBeUndefined();
});

it('says in one line which runbooks rest, however many', () => {
  expect(sayResting({ resting: resting(1) })).toBe(`1 runbook rests until its plugins are configured: r0 ${WHERE}`);
  expect(sayResting({ resting: resting(3) })).toBe(
    `3 runbooks rest until their plugins are configured: r0, r1, r2 ${WHERE}`,
  );
  expect(sayResting({ resting: resting(25) })).toContain(`r19 and 5 more ${WHERE}`);
});
