import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRedis } from './redis-settings.js';

describe('I10: where Redis is, for the kill switch', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'firebreak-settings-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));
  const write = (text: string, name = 'firebreak.yaml'): void => writeFileSync(join(cwd, name), text);
  const redis = (url: string) => ({ kind: 'single', url });

  it('is the embedded one when nothing is said', () =>
    expect(findRedis({}, cwd)).toEqual({
      ok: true,
      settings: {
        redis: { kind: 'embedded' },
        durability: 'durable',
        dataDir: join(cwd, 'data'),
        runbooks: join(cwd, 'runbooks'),
      },
    }));

  it('is read from firebreak.yaml', () => {
    write('redisUrl: redis://r:1\ndataDir: elsewhere\ndurability: ha\nrunbooks: /books\n');
    expect(findRedis({}, cwd)).toEqual({
      ok: true,
      settings: { redis: redis('redis://r:1'), durability: 'ha', dataDir: join(cwd, 'elsewhere'), runbooks: '/books' },
    });
  });

  it('is read from the file that FIREBREAK_CONFIG names', () => {
    write('redisUrl: redis://other:1\n', 'other.yaml');
    expect(findRedis({ FIREBREAK_CONFIG: 'other.yaml' }, cwd)).toMatchObject({
      settings: { redis: redis('redis://other:1') },
    });
  });

  it('is what the environment says, before what the file says', () => {
    write('redisUrl: redis://r:1\n');
    const env = { FIREBREAK_REDIS_URL: 'redis://e:2', FIREBREAK_DATA_DIR: ' ' };
    expect(findRedis(env, cwd)).toMatchObject({
      settings: { redis: redis('redis://e:2'), dataDir: join(cwd, 'data') },
    });
  });

  it.each([
    ['a secret that is not set', 'redisUrl: redis://r:1\nplugins: { slack: { token: "${NOT_SET}" } }\n'],
    ['a key that nobody knows', 'redisUrl: redis://r:1\nunknownKey: 1\n'],
    ['another wrong setting', 'redisUrl: redis://r:1\nport: minus one\n'],
  ])('is found in spite of %s', (_what, text) => {
    write(text);
    expect(findRedis({}, cwd)).toMatchObject({ settings: { redis: redis('redis://r:1') } });
  });

  it('is unknown when the file cannot be understood, since it may name another one than would be guessed', () => {
    write('redisUrl: [\n');
    expect(findRedis({}, cwd)).toMatchObject({ ok: false, problems: [expect.stringContaining('firebreak.yaml:')] });
  });

  it('is unknown when the file that is named is not there', () =>
    expect(findRedis({ FIREBREAK_CONFIG: 'nowhere.yaml' }, cwd)).toEqual({
      ok: false,
      problems: [expect.stringMatching(/nowhere\.yaml cannot be read$/)],
    }));

  it('is known in spite of such a file when the environment says it', () => {
    write('redisUrl: [\n');
    expect(findRedis({ FIREBREAK_REDIS_URL: 'redis://e:2' }, cwd)).toMatchObject({ ok: true });
  });

  it('is unknown when it is said wrongly', () =>
    expect(findRedis({ FIREBREAK_REDIS_URL: 'localhost' }, cwd)).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('must be redis://host:port')],
    }));
});
