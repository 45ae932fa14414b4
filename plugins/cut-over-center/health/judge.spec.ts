import { describe, expect, it } from 'vitest';
import { EXPECTATIONS, judge } from './judge.js';
import type { Saying } from './saying.js';

const up = (vantage: string): Saying => ({ vantage, says: 'up', seconds: 0.012, detail: '12 ms' });
const down = (vantage: string): Saying => ({ vantage, says: 'down', seconds: 0.001, detail: 'connection refused' });
const silent = (vantage: string): Saying => ({ vantage, says: 'silent', detail: 'the exporter: no answer' });

describe('what several vantage points say', () => {
  it.each([
    ['up', [up('here'), up('edge')], 'healthy'],
    ['up', [down('here'), down('edge')], 'unhealthy'],
    ['down', [down('here'), down('edge')], 'healthy'],
    ['down', [up('here'), up('edge')], 'unhealthy'],
    ['agreed', [up('here'), up('edge')], 'healthy'],
    ['agreed', [down('here'), down('edge')], 'healthy'],
    ['up', [up('here')], 'healthy'],
    ['up', [down('here')], 'unhealthy'],
  ] as const)('counts when they agree: expect %s of %j is %s', (expected, sayings, status) => {
    expect(judge(expected, sayings).status).toBe(status);
  });

  it.each(EXPECTATIONS)('does not count when they disagree (expect: %s), and each is quoted', (expected) => {
    expect(judge(expected, [up('here'), down('edge')])).toEqual({
      status: 'unknown',
      detail: 'the vantage points disagree: here says up (12 ms), edge says down (connection refused)',
      values: { health: 0.5, seconds_here: 0.012, seconds_edge: 0.001 },
    });
  });

  it.each(EXPECTATIONS)('does not count while one of them is silent (expect: %s)', (expected) => {
    for (const others of [
      [up('here'), up('far')],
      [down('here'), down('far')],
    ]) {
      expect(judge(expected, [...others, silent('edge')])).toMatchObject({ status: 'unknown' });
    }
    expect(judge(expected, [down('here'), silent('edge')]).detail).toBe(
      'not every vantage point can tell: here says down (connection refused), edge is silent (the exporter: no answer)',
    );
  });

  it.each(['down', 'agreed'] as const)('is not enough from one alone (expect: %s)', (expected) => {
    expect(judge(expected, [down('here')])).toMatchObject({
      status: 'unknown',
      detail:
        'here says down (connection refused); one vantage point is not enough: configure a second one under health.vantages',
    });
  });

  it('has no number while nobody can tell', () => {
    expect(judge('up', [silent('here'), silent('edge')])).toMatchObject({ status: 'unknown', values: {} });
    expect(judge('up', [up('here'), silent('edge')]).values).toEqual({ health: 1, seconds_here: 0.012 });
  });
});
