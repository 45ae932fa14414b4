import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/evict-stale-cache/index.js';
import { describeActionContract, type ContractSubject } from '../../src/testing/action-contract.js';
import { plainCall } from '../rig/plain-call.js';
import { bringIn, cached, pages, purgingConfig, startPurgingVarnish } from '../rig/purging-varnish.js';
import type { RigVarnish } from '../rig/varnish.js';

const subject = (method: 'PURGE' | 'BAN', paths: readonly string[]): ContractSubject => ({
  action: 'http-purge',
  world: async (log) => {
    const varnish = await startPurgingVarnish();
    const running = plugin.instantiate(purgingConfig(varnish.port, method), log);
    return {
      plugin: running,
      params: { cache: 'edge', paths },
      nonsense: [null, {}, { cache: 'edge', paths: ['/'] }, { cache: 'edge', paths: ['/products/.*'] }],
      read: () => cached(varnish.port),
      reset: async () => {
        await bringIn(varnish);
      },
      close: async () => {
        await running.close();
        await varnish.stop();
      },
    };
  },
});

describeActionContract('evict-stale-cache/http-purge against a real Varnish, by PURGE', subject('PURGE', pages));
describeActionContract('evict-stale-cache/http-purge against a real Varnish, by BAN', subject('BAN', ['/products/1']));

describe('evict-stale-cache/http-purge against a real Varnish', () => {
  let varnish: RigVarnish;
  beforeAll(async () => {
    varnish = await startPurgingVarnish();
  });
  afterAll(() => varnish?.stop());

  it('takes out what was named and nothing else', async () => {
    await bringIn(varnish);
    const running = plugin.instantiate(purgingConfig(varnish.port, 'PURGE'), { info: () => {}, warn: () => {} });
    try {
      const action = running.provided.actions?.['http-purge'];
      expect(await action?.apply(plainCall(), { cache: 'edge', paths: ['/products/1'] }, {})).toEqual({ done: true });
      expect(await varnish.get('/products/1')).toBe('miss');
      for (const page of ['/products/2', '/products/2?size=l', '/about']) expect(await varnish.get(page)).toBe('hit');
    } finally {
      await running.close();
    }
  });

  it('says when the token is wrong', async () => {
    const running = plugin.instantiate(purgingConfig(varnish.port, 'PURGE', 'wrong'), {
      info: () => {},
      warn: () => {},
    });
    try {
      const failed = running.provided.actions?.['http-purge']?.apply(plainCall(), { cache: 'edge', paths: pages }, {});
      await expect(failed).rejects.toMatchObject({ code: 'refused-by-target', again: false });
    } finally {
      await running.close();
    }
  });
});
