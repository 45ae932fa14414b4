import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TAKE, TokenBucket, type BucketConnection } from './client.js';

describe('the client of token buckets', () => {
  it('is the script that the README shows', () => {
    const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(/^```lua\n([^]*?)^```$/m.exec(page)?.[1]?.trim()).toBe(TAKE.trim());
  });

  it('is what the package gives as firebreak/token-bucket', () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    const { exports } = z
      .object({ exports: z.record(z.string(), z.object({ default: z.string() })) })
      .parse(JSON.parse(text));
    expect(exports['./token-bucket']?.default).toBe('./dist/plugins/throttle/redis-bucket/client.js');
  });

  it('can only take', async () => {
    const nobody = { eval: () => expect.fail('it asked'), hmget: async () => [] };
    for (const tokens of [0, -1, NaN])
      await expect(new TokenBucket(nobody, 'x').take(tokens)).rejects.toThrow(RangeError);
  });

  it('does not take an answer for a yes that is none', async () => {
    const said = (answer: unknown): BucketConnection => ({ eval: async () => answer, hmget: async () => [] });
    for (const answer of [null, 'OK', [], ['1', '0'], [1]])
      await expect(new TokenBucket(said(answer), 'x').take()).rejects.toThrow();
    expect(await new TokenBucket(said([0, 7]), 'x').take()).toEqual({ allowed: false, retryInMs: 7 });
  });
});
