import { describe, expect, it } from 'vitest';
import { away, moment, when } from './when.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('moments for people', () => {
  it.each([
    ['2026-11-21T11:59:59.700Z', 'now'],
    ['2026-11-21T11:59:01Z', '59s ago'],
    ['2026-11-21T11:47:30.500Z', '12m29s ago'],
    ['2026-11-21T14:05:59Z', 'in 2h5m'],
    ['2026-11-18T09:30:00Z', '3d2h ago'],
  ])('%s is %s', (text, far) => {
    expect(away(text, NOW)).toBe(far);
    expect(when(text, NOW)).toBe(`${moment(text)} (${far})`);
  });

  it('are written to the second, and what is none stays as it is', () => {
    expect(moment('2026-11-21T11:47:30.512Z')).toBe('2026-11-21T11:47:30Z');
    expect([moment('never'), away('never', NOW), when('never', NOW)]).toEqual(['never', '', 'never']);
  });
});
