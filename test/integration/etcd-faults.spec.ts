import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/cut-over-center/index.js';
import type { PluginError } from '../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../src/plugin-sdk/plugin.js';
import { startEtcd, type RigEtcd, type RigNews } from '../rig/etcd.js';
import { startMiddle, type Meddling, type Middle } from '../rig/middle.js';
import { freePort } from '../rig/processes.js';
import { waitFor } from '../rig/wait-for.js';

const KEY = '/services/orders/active';
const params = { cluster: 'main', key: 'orders/active', value: 'b' };

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
beforeEach(() => etcd.put(KEY, 'a'));
afterEach(() => middle.meddle({}));

const log = { info: () => {}, warn: () => {} };
let calls = 0;

function call(differs: Partial<BareEffectCall & BarePlanCall> = {}): BareEffectCall & BarePlanCall {
  calls += 1;
  const signal = new AbortController().signal;
  return { key: `k-${calls}`, epoch: 1, earlier: [], signal, log, fence: async () => {}, ...differs };
}

/** The action with one cluster, through the middle unless told. */
function action(differs: Readonly<Record<string, unknown>> = {}): Action {
  const main = { endpoints: [`http://127.0.0.1:${middle.port}`], prefix: '/services/', ...differs };
  return plugin.instantiate({ etcd: { clusters: { main }, timeout: '1500ms' } }, log).provided.actions!['etcd']!;
}

const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );
const value = async () => (await etcd.get(KEY))?.value;
const isWrite = (piece: Buffer) => piece.includes('request_put');

describe('list consumers', () => {
  it('D9: are told of a change within milliseconds of it', async () => {
    const etcdAction = action({ endpoints: [etcd.url] });
    const told: RigNews[] = [];
    const watch = await etcd.watch('/services/orders/', (news) => told.push(news));
    const took: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      const wanted = { ...params, value: `center-${round}` };
      const { before } = await etcdAction.plan(call(), wanted);
      let start = 0;
      // From the last moment before the write.
      const fence = async () => void (start = performance.now());
      await etcdAction.apply(call({ fence }), wanted, before);
      const news = await waitFor('the news', () => told.find((one) => one.value === wanted.value), 30_000, 1);
      took.push(news.at - start);
    }
    watch.stop();
    // Each change is told once, and what Firebreak keeps for itself is not.
    expect(told.map((news) => news.key)).toEqual(told.map(() => KEY));
    expect(told).toHaveLength(50);
    took.sort((a, b) => a - b);
    const [median = 0, p99 = 0] = [took[25], took[49]];
    console.log(`from the write to the news: median ${median.toFixed(1)} ms, worst of 50 ${p99.toFixed(1)} ms`);
    expect(median).toBeLessThan(100);
  });

  it('D9: are told when the lease of an instance lapses, and as long as it is renewed it stays', async () => {
    const instance = '/services/orders/instances/a';
    const lease = await etcd.grant(2);
    await etcd.put(instance, '127.0.0.1:8080', lease);
    const told: RigNews[] = [];
    const watch = await etcd.watch('/services/orders/', (news) => told.push(news));
    const renewed = performance.now();
    await waitFor(
      'more than one lease',
      () => etcd.renew(lease).then(() => performance.now() - renewed > 2_500),
      30_000,
      500,
    );
    expect(await etcd.get(instance)).toBeDefined();
    const last = performance.now();
    const gone = await waitFor('the end of the lease', () => told.find((news) => news.key === instance), 30_000);
    watch.stop();
    expect(gone.value).toBeUndefined();
    console.log(
      `from the last renewal to the news that it is gone: ${((gone.at - last) / 1_000).toFixed(1)} s (lease 2 s)`,
    );
  });
});

describe('the plan', () => {
  it('says from what to what', async () => {
    expect(await action().plan(call(), { ...params, value: { center: 'b' } })).toEqual({
      summary: '/services/orders/active: "a" -> "{\\"center\\":\\"b\\"}"',
      changes: [{ resource: 'etcd/main/orders/active', attribute: 'value', from: 'a', to: '{"center":"b"}' }],
      before: { value: 'a', modRevision: String((await etcd.get(KEY))?.revision), lease: '0' },
    });
  });

  it('says that a key which hangs on a lease stays there, and so it does', async () => {
    const lease = await etcd.grant(600);
    await etcd.put(KEY, 'a', lease);
    const plan = await action().plan(call(), params);
    expect(plan.facts).toEqual({
      lease: 'the key stays on the lease it has: it goes away when nobody renews that for 600 s',
    });
    await action().apply(call(), params, plan.before);
    expect(await etcd.get(KEY)).toMatchObject({ value: 'b', lease });
    await action().revert(call(), params, plan.before);
    expect(await etcd.get(KEY)).toMatchObject({ value: 'a', lease });
  });

  it('of stages begins where the stage before it ends, and goes back in order', async () => {
    const both = { ...params, value: 'a,b' };
    const etcdAction = action();
    const first = await etcdAction.plan(call(), both);
    const second = await etcdAction.plan(call({ earlier: first.changes }), params);
    expect(second.changes[0]).toMatchObject({ from: 'a,b', to: 'b' });
    expect(await failure(etcdAction.apply(call(), params, second.before))).toMatchObject({ code: 'changed-meanwhile' });
    await etcdAction.apply(call(), both, first.before);
    await etcdAction.apply(call(), params, second.before);
    expect(await value()).toBe('b');
    await etcdAction.revert(call(), params, second.before);
    await etcdAction.revert(call(), both, first.before);
    expect(await value()).toBe('a');
  });

  it('of a second lease in stages is refused, because it could not be taken back', async () => {
    const leased = { ...params, lease: '1m' };
    const { changes } = await action().plan(call(), leased);
    const next = { ...leased, value: 'c' };
    expect(await failure(action().plan(call({ earlier: changes }), next))).toMatchObject({ code: 'lease-twice' });
  });
});

describe('a lease of the step', () => {
  const leased = { ...params, lease: '5s' };

  it('lets the key go away when Firebreak is gone, which can still be taken back', async () => {
    const plan = await action().plan(call(), leased);
    expect(plan.changes[1]).toEqual({ resource: 'etcd/main/orders/active', attribute: 'lease', from: null, to: '5 s' });
    expect(plan.facts).toEqual({ lease: 'nobody renews it: the key goes away 5 s after it was written' });
    await action().apply(call(), leased, plan.before);
    expect(await action().verify(call(), leased, plan.before)).toEqual({ took: true });
    await waitFor('the lease to lapse', async () => (await value()) === undefined, 30_000, 200);
    expect(await action().verify(call(), leased, plan.before)).toMatchObject({ took: false });
    await action().revert(call(), leased, plan.before);
    expect(await etcd.get(KEY)).toMatchObject({ value: 'a', lease: '0' });
  });

  it('is not mistaken for somebody who removed the key', async () => {
    const { before } = await action().plan(call(), leased);
    await etcd.remove(KEY); // and the step never took
    expect(await failure(action().revert(call(), leased, before))).toMatchObject({ code: 'changed-meanwhile' });
  });
});

describe('what goes wrong under way', () => {
  it('I4: a lost answer is one effect, and the next attempt ends as done', async () => {
    const { before } = await action().plan(call(), params);
    const revision = await etcd.revision();
    middle.meddle(swallowAnswerToWrite());
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    middle.meddle({});
    expect(await action().verify(call(), params, before)).toEqual({ took: true });
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await etcd.revision()).toBe(revision + 1);
  });

  it('I4: a lost answer is found out by reading when another member is asked next', async () => {
    const both = action({ endpoints: [`http://127.0.0.1:${middle.port}`, etcd.url] });
    const { before } = await both.plan(call(), params);
    const revision = await etcd.revision();
    middle.meddle(swallowAnswerToWrite());
    expect(await both.apply(call(), params, before)).toEqual({ done: true });
    expect(await etcd.revision()).toBe(revision + 1);
  });

  it('I6: a write that arrives after its revert has no effect', async () => {
    const { before } = await action().plan(call(), params);
    let release: (() => void) | undefined;
    middle.meddle({
      request: async (piece) => {
        if (isWrite(piece) && release === undefined) await new Promise<void>((resolve) => (release = resolve));
        return piece;
      },
    });
    expect((await failure(action().apply(call(), params, before))).code).toBe('timed-out');
    await action().apply(call(), params, before);
    await action().revert(call(), params, before);
    const answered = new Promise<void>((resolve) => middle.meddle({ answer: (piece) => (resolve(), piece) }));
    release?.();
    await answered;
    expect(await value()).toBe('a');
  });

  it('a member that is killed in the middle has written or not, and the next attempt finds out', async () => {
    const { before } = await action().plan(call(), params);
    const revision = await etcd.revision();
    middle.meddle(swallowAnswerToWrite(() => etcd.kill()));
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ again: true });
    middle.meddle({});
    expect(await failure(action().verify(call(), params, before))).toMatchObject({ again: true });
    await etcd.restart();
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await value()).toBe('b');
    expect(await etcd.revision()).toBe(revision + 1);
  });

  it('a member that stands still is not waited for, and the next one is asked', async () => {
    const { before } = await action().plan(call(), params);
    middle.meddle({ request: () => undefined });
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    const both = action({ endpoints: [`http://127.0.0.1:${middle.port}`, etcd.url] });
    expect(await both.apply(call(), params, before)).toEqual({ done: true });
  });

  it('a member that stands still has written or not by the time it goes on, once', async () => {
    const { before } = await action().plan(call(), params);
    const revision = await etcd.revision();
    const fence = async () => etcd.process().signal('SIGSTOP');
    expect(await failure(action().apply(call({ fence }), params, before))).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    expect(await failure(action().verify(call(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    etcd.process().signal('SIGCONT');
    expect(await action().apply(call(), params, before)).toEqual({ done: true });
    expect(await action().verify(call(), params, before)).toEqual({ took: true });
    expect(await etcd.revision()).toBe(revision + 1);
  });

  it('members that are not there are passed over; without any, all of them are named', async () => {
    const [gone, other] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
    expect(await action({ endpoints: [gone, etcd.url] }).check(call(), params)).toEqual({ needed: true });
    const error = await failure(action({ endpoints: [gone, other] }).check(call(), params));
    expect(error).toMatchObject({ code: 'target-unreachable', again: true });
    expect(error.message).toBe(
      `etcd main (${gone}) can't be reached: ECONNREFUSED; etcd main (${other}) can't be reached: ECONNREFUSED`,
    );
  });

  it.each([
    ['is no etcd', 404, '<html>', 'refused-by-target', false],
    ['answers with something else', 200, '{"responses": 7}', 'not-understood', false],
    ['has no leader', 503, '{"error":"etcdserver: no leader","code":14}', 'target-failed', true],
    ['is full', 429, '{"error":"etcdserver: mvcc: database space exceeded","code":8}', 'target-failed', true],
  ])('a member that %s', async (_, status, text, code, again) => {
    const server = createServer((_request, response) => response.writeHead(status).end(text));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const error = await failure(action({ endpoints: [`http://127.0.0.1:${port}`] }).check(call(), params));
    server.close();
    expect(error).toMatchObject({ code, again });
  });
});

describe('others who write the key', () => {
  it('are not overruled, also if they came back to the same value', async () => {
    const { before } = await action().plan(call(), params);
    await etcd.put(KEY, 'c');
    const { revision } = (await etcd.get(KEY)) ?? { revision: 0 };
    expect(await failure(action().apply(call(), params, before))).toMatchObject({
      code: 'changed-meanwhile',
      again: false,
      message: `${KEY} is "c" as of revision ${revision}, which neither the plan saw nor this step wrote: somebody changed it meanwhile`,
    });
    await etcd.put(KEY, 'a');
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await value()).toBe('a');
  });

  it('are noticed by etcd when they come between the look and the write', async () => {
    const { before } = await action().plan(call(), params);
    const fence = () => etcd.put(KEY, 'c');
    expect(await failure(action().apply(call({ fence }), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await value()).toBe('c');
  });

  it('and write the wanted value are told from this step: theirs is not taken back', async () => {
    const { before } = await action().plan(call(), params);
    await etcd.put(KEY, 'b');
    expect(await failure(action().apply(call(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await failure(action().revert(call(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await value()).toBe('b');
  });

  it('and write it again after this step are not overruled by its revert', async () => {
    const { before } = await action().plan(call(), params);
    await action().apply(call(), params, before);
    await etcd.put(KEY, 'b');
    expect(await failure(action().revert(call(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
  });

  it('at the same moment: one of two opposite changes is made, and the other told', async () => {
    const etcdAction = action();
    const { before } = await etcdAction.plan(call(), params);
    const other = { ...params, value: 'c' };
    const ended = await Promise.allSettled([
      etcdAction.apply(call(), params, before),
      etcdAction.apply(call(), other, before),
    ]);
    expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const [lost] = ended.filter((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'changed-meanwhile', again: false });
  });
});

describe('what the operator allows', () => {
  it('is all that steps may do (S6)', () => {
    const { params: schema } = action({ keys: ['billing/active'] });
    expect(schema.safeParse(params).success).toBe(false);
    expect(schema.safeParse({ ...params, key: 'billing/active' }).success).toBe(true);
  });

  it.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{ endpoints: [] }, /Too small/],
    [{ endpoints: ['http://root:secret@127.0.0.1:2379'] }, /must not carry a user name/],
    [{ prefix: '' }, /ends with/],
    [{ prefix: '/' }, /ends with/],
    [{ prefix: '/services' }, /ends with/],
    [{ username: 'root' }, /go together/],
    [{ marks: '/services/marks/' }, /apart from prefix/],
  ])('%j is refused when the service starts', (differs, words) => {
    expect(() => action(differs)).toThrow(words);
  });
});

describe('logins', () => {
  const PASSWORD = 'canary-11ab';
  beforeAll(() => etcd.requireLogin(PASSWORD));

  it('are made again when they are over, such as after a change of the password', async () => {
    const known = action({ username: 'root', password: PASSWORD });
    expect(await known.check(call(), params)).toEqual({ needed: true });
    await etcd.endLogins(PASSWORD);
    expect(await known.check(call(), params)).toEqual({ needed: true });
  });

  it.each([
    ['without one', {}, 'bad-credentials'],
    ['with a wrong password', { username: 'root', password: 'wrong-canary' }, 'bad-credentials'],
    ['of somebody without the right', { username: 'guest', password: PASSWORD }, 'refused-by-target'],
  ])('%s: refused, and nothing secret said', async (_, login, code) => {
    await etcd.addUser('guest', PASSWORD);
    const error = await failure(action(login).check(call(), params));
    expect(error).toMatchObject({ code, again: false });
    for (const text of [PASSWORD, 'wrong-canary', Buffer.from(PASSWORD).toString('base64')])
      expect(`${error.message} ${error.stack}`).not.toContain(text);
  });
});

/** Lets the first write through and swallows everything that comes back for it. */
function swallowAnswerToWrite(then: () => Promise<void> = async () => {}): {
  readonly request: Meddling;
  readonly answer: Meddling;
} {
  let written = false;
  return {
    request: (piece) => {
      written ||= isWrite(piece);
      return piece;
    },
    answer: async (piece) => {
      if (!written) return piece;
      await then();
      return undefined;
    },
  };
}
