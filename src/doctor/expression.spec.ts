import { describe, expect, it } from 'vitest';
import { jobsIn, windowsIn } from './expression.js';

const jobs = ['centers', 'haproxy', 'haproxy-edge'];

describe('jobsIn', () => {
  it('finds the job of a selector', () => {
    expect(jobsIn('max by (center) (up{job="centers"}) == 0', jobs)).toEqual(['centers']);
  });

  it('finds the jobs of a pattern, anchored', () => {
    expect(jobsIn(`up{job=~'haproxy.*'} == 0`, jobs)).toEqual(['haproxy', 'haproxy-edge']);
    expect(jobsIn('up{job=~"haproxy"} == 0', jobs)).toEqual(['haproxy']);
  });

  it('says nothing for a job that is not known, or for none', () => {
    expect(jobsIn('up{job="elsewhere"} == 0', jobs)).toEqual([]);
    expect(jobsIn('errors_total > 5', jobs)).toEqual([]);
  });

  it('does not take another label that ends in job', () => {
    expect(jobsIn('up{cronjob="centers"} == 0', jobs)).toEqual([]);
  });
});

describe('windowsIn', () => {
  it('finds each window once', () => {
    expect(windowsIn('rate(a[5m]) / rate(b[5m]) > max_over_time(c[1h:1m])')).toEqual(['5m', '1h']);
  });

  it('finds none in an instant expression', () => {
    expect(windowsIn('up == 0')).toEqual([]);
  });
});
