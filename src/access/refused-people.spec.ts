import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { remember } from './caller.js';
import { RefusedPeople, TOLD_PER_MINUTE } from './refused-people.js';

// a request of the real server is too much for what is looked at here
const asked = (request: Pick<FastifyRequest, 'url' | 'ip' | 'method'>): request is FastifyRequest => request.url !== '';

function requestOf(name: string | undefined, url = '/api/v1/pauses?reason=secret'): FastifyRequest {
  const request = { url, ip: '127.0.0.1', method: 'POST' };
  if (!asked(request)) throw new Error('has no address');
  if (name !== undefined) remember(request, { person: { name, account: `token:${name}`, grants: [] }, via: 'token' });
  return request;
}

describe('refusals of known people', () => {
  it('are told with who, from where and what, and without the query', () => {
    expect(new RefusedPeople(() => 0).toTell(requestOf('ann'))).toEqual({
      person: 'ann',
      from: 'token:ann by token from 127.0.0.1',
      method: 'POST',
      path: '/api/v1/pauses',
    });
  });

  it('are not told of strangers', () => {
    expect(new RefusedPeople(() => 0).toTell(requestOf(undefined))).toBeUndefined();
  });

  it('are told so many times a minute for each person, and again in the next', () => {
    let now = 0;
    const refused = new RefusedPeople(() => now);
    const told = (name: string): number =>
      Array.from({ length: 50 }, () => refused.toTell(requestOf(name))).filter((one) => one !== undefined).length;
    expect([told('ann'), told('bob'), told('ann')]).toEqual([TOLD_PER_MINUTE, TOLD_PER_MINUTE, 0]);
    now = 60_000;
    expect(told('ann')).toBe(TOLD_PER_MINUTE);
  });

  it('I15: are not remembered for more than a thousand people', () => {
    const refused = new RefusedPeople(() => 0);
    const told = Array.from({ length: 1_200 }, (_, i) => refused.toTell(requestOf(`p${i}`)));
    expect(told.filter((one) => one !== undefined)).toHaveLength(1_000);
  });
});
