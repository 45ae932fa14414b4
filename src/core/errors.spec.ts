import { describe, expect, it } from 'vitest';
import { ERRORS, FirebreakError } from './errors.js';

describe('the error catalogue', () => {
  const entries = Object.entries(ERRORS);

  it.each(entries)(
    '%s has a status of its kind, a title without a full stop and advice that ends with one',
    (code, entry) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(entry.status).toBeGreaterThanOrEqual(400);
      expect(entry.status).toBeLessThan(600);
      expect(entry.title).not.toMatch(/[.]$/);
      expect(entry.advice).toMatch(/[.]$/);
    },
  );

  // Alertmanager does not send again in the same flush what got a 429; alerts are never counted (src/http/rate-limit.ts)
  it('answers 429 to whoever sends too many requests, and to nobody else', () => {
    expect(entries.filter(([, entry]) => entry.status === Number('429')).map(([code]) => code)).toEqual([
      'too-many-requests',
    ]);
  });

  it('has a title for each error alone', () => {
    expect(new Set(entries.map(([, entry]) => entry.title)).size).toBe(entries.length);
  });

  it('carries its code and what happened this time', () => {
    const error = new FirebreakError('not-found', 'there is no execution e1');
    expect(error).toMatchObject({
      name: 'FirebreakError',
      code: 'not-found',
      message: 'not-found: there is no execution e1',
    });
    expect(error).toBeInstanceOf(Error);
  });
});
