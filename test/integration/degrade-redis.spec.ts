import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';
import { plainCall } from '../rig/plain-call.js';

const KEY = 'feature:recommendations';
const params = { server: 'flags', feature: 'recommendations' };

let redis: LoneRedis;
beforeAll(async () => {
  redis = await startLoneRedis();
});
afterAll(() => redis?.stop());
beforeEach(async () => {
  await redis.client.flushall();
  await redis.client.set(KEY, 'true');
});

function action(differs: Readonly<Record<string, Json>> = { prefix: 'feature:' }): Action {
  const flags = { host: '127.0.0.1', port: redis.port, ...differs };
  return plugin.instantiate({ redis: { servers: { flags } } }, { info: () => {}, warn: () => {} }).provided.actions![
    'redis'
  ]!;
}

const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );

describe('the plan', () => {
  it('says from what to what', async () => {
    expect(await action().plan(plainCall(), params)).toEqual({
      summary: 'recommendations at Redis flags: on -> off',
      changes: [{ resource: 'redis/flags/recommendations', attribute: 'value', from: 'true', to: 'false' }],
      before: { value: 'true', expires: false },
    });
  });

  it('tells of a key that goes away by itself; its time to live stays, and its end is nothing to take back', async () => {
    await redis.client.pexpire(KEY, 100_000);
    const end = await redis.client.pexpiretime(KEY);
    const { before, facts } = await action().plan(plainCall(), params);
    expect(facts).toEqual({ expires: 'the key goes away by itself when its time to live is over' });
    await action().apply(plainCall(), params, before);
    expect(await redis.dump()).toEqual([[KEY, 'string', '"false"', end]]);
    await action().revert(plainCall(), params, before);
    expect(await redis.dump()).toEqual([[KEY, 'string', '"true"', end]]);
    await action().apply(plainCall(), params, before);
    await redis.client.del(KEY);
    expect(await action().revert(plainCall(), params, before)).toEqual({ done: true });
    expect(await redis.dump()).toEqual([]);
  });

  it('of stages begins where the stage before it ends, and goes back in order', async () => {
    const on = { ...params, enabled: true };
    const first = await action().plan(plainCall(), params);
    const second = await action().plan(plainCall({ earlier: first.changes }), on);
    expect(second.changes[0]).toMatchObject({ from: 'false', to: 'true' });
    await action().apply(plainCall(), params, first.before);
    await action().apply(plainCall(), on, second.before);
    await action().revert(plainCall(), on, second.before);
    expect(await redis.client.get(KEY)).toBe('false');
    await action().revert(plainCall(), params, first.before);
    expect(await redis.client.get(KEY)).toBe('true');
  });

  it('of a feature that is off already changes nothing, nor does taking it back when somebody turned it on since', async () => {
    await redis.client.set(KEY, 'false');
    const { changes, before } = await action().plan(plainCall(), params);
    expect(changes).toEqual([]);
    expect(await action().apply(plainCall(), params, before)).toEqual({ done: true });
    await redis.client.set(KEY, 'true');
    expect(await action().revert(plainCall(), params, before)).toEqual({ done: true });
    expect(await redis.client.get(KEY)).toBe('true');
  });

  it('S6: is only of features that are there, or listed', async () => {
    const error = await failure(action().check(plainCall(), { ...params, feature: 'recomendations' }));
    expect(error).toMatchObject({ code: 'unknown-feature', again: false });
    expect(error.message).toBe(
      'feature:recomendations is not there: look at the name, or list the feature in the configuration to have it made',
    );
    const listed = action({ prefix: 'feature:', features: ['search'] });
    expect(listed.params.safeParse(params).success).toBe(false);
  });

  it('is refused for what is no switch', async () => {
    await redis.client.set(KEY, 'x'.repeat(70_000));
    expect(await failure(action().plan(plainCall(), params))).toMatchObject({
      code: 'not-text',
      message: 'feature:recommendations holds more than 64 KiB: that is no switch',
    });
    await redis.client.set(KEY, Buffer.from([0x80, 0xff]));
    expect(await failure(action().plan(plainCall(), params))).toMatchObject({ code: 'not-text', again: false });
  });
});

describe('others who write the switch', () => {
  it('are not overruled: before apply, at the moment of the write, and before revert', async () => {
    const { before } = await action().plan(plainCall(), params);
    const fence = async () => void (await redis.client.set(KEY, 'maybe'));
    expect(await failure(action().apply(plainCall({ fence }), params, before))).toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message:
        'feature:recommendations is "maybe", which neither the plan saw nor this step wrote: somebody changed it meanwhile',
    });
    expect(await failure(action().apply(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await redis.client.get(KEY)).toBe('maybe');
    await redis.client.del(KEY);
    expect(await failure(action().apply(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
  });

  it('and write other fields of the same hash are not disturbed', async () => {
    const inHash = action({ hash: 'features' });
    await redis.client.hset('features', { recommendations: 'true', search: 'true' });
    const { before } = await inHash.plan(plainCall(), params);
    const fence = async () => void (await redis.client.hset('features', 'search', 'false'));
    await inHash.apply(plainCall({ fence }), params, before);
    expect(await redis.client.hgetall('features')).toEqual({ recommendations: 'false', search: 'false' });
  });

  it('at the same moment: of 20 at once one writes, and all end as done', async () => {
    const { before } = await action().plan(plainCall(), params);
    const effects = await redis.effects();
    const ended = await Promise.all(Array.from({ length: 20 }, () => action().apply(plainCall(), params, before)));
    expect(ended).toEqual(ended.map(() => ({ done: true })));
    expect(await redis.effects()).toBe(effects + 1);
  });
});

it('it needs no more rights than the README says', async () => {
  const rights = 'get hget strlen hstrlen pttl time set del hset hdel eval select'.split(' ').map((name) => `+${name}`);
  await redis.client.acl('SETUSER', 'firebreak', 'on', '>canary-1', '~feature:*', '~features', ...rights);
  const login = { username: 'firebreak', password: 'canary-1' };
  await redis.client.hset('features', 'recommendations', 'true');
  for (const where of [{ prefix: 'feature:' }, { hash: 'features', features: ['recommendations', 'search'] }]) {
    for (const feature of 'hash' in where ? ['recommendations', 'search'] : ['recommendations']) {
      const one = action({ ...login, ...where });
      const given = { ...params, feature };
      const { before } = await one.plan(plainCall(), given);
      await one.apply(plainCall(), given, before);
      await one.revert(plainCall(), given, before);
    }
  }
  expect(await redis.client.hgetall('features')).toEqual({ recommendations: 'true' });
});

describe('what the operator may say', () => {
  it.each<[Readonly<Record<string, Json>>, RegExp]>([
    [{}, /either prefix/],
    [{ prefix: 'a:', hash: 'b' }, /either prefix/],
    [{ hash: 'a', hashField: 'b' }, /goes with prefix/],
    [{ prefix: 'a b' }, /without spaces/],
    [{ prefix: '' }, /without spaces/],
    [{ prefix: 'a:', on: 1, off: '1' }, /must differ from on/],
    [{ prefix: 'a:', host: 'redis://:secret@x' }, /write a host name/],
    [{ prefix: 'a:', port: 0 }, /Too small/],
    [{ prefix: 'a:', features: ['a b'] }, /write a name/],
  ])('%j is refused when the service starts', (differs, words) => {
    expect(() => action(differs)).toThrow(words);
  });
});
