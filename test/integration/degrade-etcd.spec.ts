import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { Json, PluginError } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startEtcd, type RigEtcd } from '../rig/etcd.js';
import { startMiddle, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';

const KEY = '/features/recommendations';
const params = { cluster: 'main', feature: 'recommendations' };

let etcd: RigEtcd;
let middle: Middle;
beforeAll(async () => {
  etcd = await startEtcd();
  middle = await startMiddle(etcd.url.replace('http://', ''));
});
afterAll(async () => {
  await middle?.stop();
  await etcd?.stop();
});
beforeEach(() => etcd.put(KEY, 'true'));
afterEach(() => middle.meddle({}));

const log = { info: () => {}, warn: () => {} };

/** The action with one cluster, through the middle unless told. */
function action(differs: Readonly<Record<string, Json>> = {}): Action {
  const main = { endpoints: [`http://127.0.0.1:${middle.port}`], prefix: '/features/', ...differs };
  return plugin.instantiate({ etcd: { clusters: { main }, timeout: '1500ms' } }, log).provided.actions!['etcd']!;
}

const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );
const value = async () => (await etcd.get(KEY))?.value;

describe('the plan', () => {
  it('says from what to what', async () => {
    expect(await action().plan(plainCall(), params)).toEqual({
      summary: 'recommendations at etcd main: on -> off',
      changes: [{ resource: 'etcd/main/recommendations', attribute: 'value', from: 'true', to: 'false' }],
      before: { value: 'true', modRevision: String((await etcd.get(KEY))?.revision), lease: '0' },
    });
  });

  it('also of what is neither on nor off, such as a share, which comes back', async () => {
    await etcd.put(KEY, '25 %');
    const { summary, before } = await action().plan(plainCall(), params);
    expect(summary).toBe('recommendations at etcd main: 25 % -> off');
    await action().apply(plainCall(), params, before);
    expect(await value()).toBe('false');
    await action().revert(plainCall(), params, before);
    expect(await value()).toBe('25 %');
  });

  it('of one field leaves the others, and the whole text comes back as it was', async () => {
    const text = '{ "owner": "shop", "enabled": true, "n": 1.50 }';
    await etcd.put(KEY, text);
    const one = action({ field: 'enabled' });
    const { summary, changes, before } = await one.plan(plainCall(), params);
    expect(summary).toBe('recommendations at etcd main: on -> off');
    expect(changes[0]).toMatchObject({ from: text, to: '{"owner":"shop","enabled":false,"n":1.5}' });
    await one.apply(plainCall(), params, before);
    await one.revert(plainCall(), params, before);
    expect(await value()).toBe(text);
  });

  it.each([
    ['yes', /holds no JSON object: "yes"; look at field/],
    ['[true]', /holds no JSON object/],
    ['{"enabled":true,"id":12345678901234567890}', /a number too long to be written again/],
  ])('of one field is refused when there is none: %s', async (text, words) => {
    await etcd.put(KEY, text);
    const error = await failure(action({ field: 'enabled' }).plan(plainCall(), params));
    expect(error).toMatchObject({ code: 'not-understood', again: false });
    expect(error.message).toMatch(words);
    expect(error.message).toContain(KEY);
  });

  it('of stages begins where the stage before it ends, and goes back in order', async () => {
    const on = { ...params, enabled: true };
    const first = await action().plan(plainCall(), params);
    const second = await action().plan(plainCall({ earlier: first.changes }), on);
    expect(second.changes[0]).toMatchObject({ from: 'false', to: 'true' });
    await action().apply(plainCall(), params, first.before);
    await action().apply(plainCall(), on, second.before);
    await action().revert(plainCall(), on, second.before);
    expect(await value()).toBe('false');
    await action().revert(plainCall(), params, first.before);
    expect(await value()).toBe('true');
  });

  it('of a feature that is off already changes nothing, nor does taking it back when somebody turned it on since', async () => {
    await etcd.put(KEY, 'false');
    const { changes, before } = await action().plan(plainCall(), params);
    expect(changes).toEqual([]);
    expect(await action().apply(plainCall(), params, before)).toEqual({ done: true });
    await etcd.put(KEY, 'true');
    expect(await action().revert(plainCall(), params, before)).toEqual({ done: true });
    expect(await value()).toBe('true');
  });

  it('S6: is only of features that are there, or listed', async () => {
    const error = await failure(action().check(plainCall(), { ...params, feature: 'recomendations' }));
    expect(error).toMatchObject({ code: 'unknown-feature', again: false });
    expect(error.message).toBe(
      '/features/recomendations is not there: look at the name, or list the feature in the configuration to have it made',
    );
    expect(action({ features: ['search'] }).params.safeParse(params).success).toBe(false);
  });
});

describe('what goes wrong under way', () => {
  it('I4: a lost answer is one effect, and the next attempt ends as done', async () => {
    const { before } = await action().plan(plainCall(), params);
    const revision = await etcd.revision();
    let written = false;
    middle.meddle({
      request: (piece) => ((written ||= piece.includes('request_put')), piece),
      answer: (piece) => (written ? undefined : piece),
    });
    expect(await failure(action().apply(plainCall(), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    middle.meddle({});
    expect(await action().verify(plainCall(), params, before)).toEqual({ took: true });
    expect(await action().apply(plainCall(), params, before)).toEqual({ done: true });
    expect(await etcd.revision()).toBe(revision + 1);
  });

  it('others who write the key are not overruled, also with the value that was wanted', async () => {
    for (const theirs of ['maybe', 'true', 'false']) {
      await etcd.put(KEY, 'true');
      const { before } = await action().plan(plainCall(), params);
      const fence = () => etcd.put(KEY, theirs);
      const error = await failure(action().apply(plainCall({ fence }), params, before));
      expect(error).toMatchObject({ code: 'changed-meanwhile', again: false });
      expect(await value()).toBe(theirs);
    }
  });

  it('somebody who says the same after this step keeps the last word', async () => {
    const { before } = await action().plan(plainCall(), params);
    await action().apply(plainCall(), params, before);
    await etcd.put(KEY, 'false');
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await value()).toBe('false');
  });

  it('a cluster that is not there, stands still, or is none', async () => {
    const gone = action({ endpoints: [`http://127.0.0.1:${await freePort()}`] });
    expect(await failure(gone.check(plainCall(), params))).toMatchObject({ code: 'target-unreachable', again: true });
    middle.meddle({ request: () => undefined });
    const begun = performance.now();
    expect(await failure(action().check(plainCall(), params))).toMatchObject({ code: 'timed-out', again: true });
    expect(performance.now() - begun).toBeLessThan(10_000);
    const server = createServer((_request, response) => response.end('{"responses": 7}'));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const rubbish = action({ endpoints: [`http://127.0.0.1:${port}`] });
    expect(await failure(rubbish.check(plainCall(), params))).toMatchObject({ code: 'not-understood', again: false });
    server.close();
    server.closeAllConnections();
  });
});

describe('what the operator may say', () => {
  it.each<[Readonly<Record<string, Json>>, RegExp]>([
    [{ prefix: '/' }, /ends with/],
    [{ marks: '/features/marks/' }, /apart from prefix/],
    [{ username: 'root' }, /go together/],
    [{ on: 'x', off: 'x' }, /must differ from on/],
    [{ on: true, off: 'true' }, /must differ from on/],
    [{ features: [] }, /Too small/],
    [{ features: ['../x'] }, /write a key/],
    [{ prefix: 'x', username: 'root' }, /ends with/],
  ])('%j is refused when the service starts', (differs, words) => {
    expect(() => action(differs)).toThrow(words);
  });
});

describe('logins', () => {
  const PASSWORD = 'canary-77ab';
  beforeAll(() => etcd.requireLogin(PASSWORD));

  it.each([
    ['no one', {}],
    ['a wrong password', { username: 'root', password: 'wrong-canary' }],
  ])('with %s: refused, and nothing secret said', async (_, login) => {
    const error = await failure(action(login).check(plainCall(), params));
    expect(error).toMatchObject({ code: 'bad-credentials', again: false });
    expect(`${error.message} ${error.stack}`).not.toContain('wrong-canary');
  });
});
