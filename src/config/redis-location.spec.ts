import { describe, expect, it } from 'vitest';
import { parseRedis, redisSecrets } from './redis-location.js';

describe('S18: the password of Redis is known to whoever masks it', () => {
  it.each([
    ['redis://r:6379', []],
    ['redis://:canary@r:6379', ['canary']],
    ['rediss://fb:can%2Fary@r:6379', ['can%2Fary', 'can/ary']],
    ['redis+sentinel://fb:canary@s:26379/main', ['canary']],
    ['redis://:canary@r:6379,redis://r2:6379', ['canary']],
  ])('of %s', (url, expected) => {
    const parsed = parseRedis(url);
    expect(parsed.ok && redisSecrets(parsed.redis)).toEqual(expected);
  });

  it('and our own has none', () => expect(redisSecrets({ kind: 'embedded' })).toEqual([]));
});
