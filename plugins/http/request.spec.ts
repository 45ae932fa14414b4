import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { plainCall } from '../../test/rig/plain-call.js';
import { freePort } from '../../test/rig/processes.js';
import { queueConfig, startQueueService, type Meddling, type QueueService } from '../../test/rig/queue-service.js';
import type { StandInAnswer } from '../../test/rig/stand-in.js';
import plugin from './index.js';

const log = { info: () => {}, warn: () => {} };
let service: QueueService;
let stop: (() => Promise<void>)[];

beforeEach(async () => {
  service = await startQueueService();
  stop = [() => service.close()];
});
afterEach(async () => {
  for (const one of stop.reverse()) await one();
});

function actionFor(config: unknown = queueConfig(service, '300ms'), name = 'request'): Action {
  const running = plugin.instantiate(config, log);
  stop.push(() => running.close());
  const action = running.provided.actions?.[name];
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

const close = (operation = 'close', queue = 'orders'): Json => ({ operation, values: { queue } });
const open = { state: 'open' };
/** Answers writes so, after or instead of making them. */
const onWrite =
  (answer: StandInAnswer, made: boolean): Meddling =>
  (request, make) => {
    if (request.method === 'GET') return make();
    if (made) make();
    return answer;
  };

describe('http/request', () => {
  it('plans from -> to, by what is read', async () => {
    const plan = await actionFor().plan(plainCall(), close());
    expect(plan).toEqual({
      summary: 'http/queues/queues/orders: "open" -> "closed"',
      changes: [{ resource: 'http/queues/queues/orders', attribute: '/queue/state', from: 'open', to: 'closed' }],
      before: { state: 'open' },
      reversible: true,
    });
    expect(service.writes()).toEqual([]);
  });

  it('sends exactly what is configured, with the key of the effect', async () => {
    await actionFor().apply(plainCall({ key: 'key-7' }), close(), open);
    const [write] = service.writes();
    expect(write).toMatchObject({
      method: 'POST',
      path: '/api/queues/orders/closed',
      body: '{"because":"closed for orders"}',
    });
    expect(write?.headers).toMatchObject({ 'idempotency-key': 'key-7', 'content-type': 'application/json' });
  });

  it('I4: refuses what somebody else has changed since the plan', async () => {
    service.states.set('orders', 'paused');
    for (const verb of ['apply', 'revert'] as const)
      await expect(actionFor()[verb](plainCall(), close(), open)).rejects.toMatchObject({
        code: 'changed-meanwhile',
        again: false,
      });
    expect(service.effects()).toBe(0);
  });

  it('says of a state that the compensating request does not restore that it can not be taken back', async () => {
    service.states.set('orders', 'paused');
    expect(await actionFor().plan(plainCall(), close())).toMatchObject({ reversible: false });
    expect(await actionFor().plan(plainCall(), close('close-for-good'))).toMatchObject({ reversible: false });
  });

  it('plans from what an earlier step leaves', async () => {
    const earlier = [{ resource: 'http/queues/queues/orders', attribute: '/queue/state', from: 'open', to: 'closed' }];
    expect(await actionFor().check(plainCall({ earlier }), close())).toMatchObject({ needed: false });
  });

  it("I4: loses no race with somebody else's write when the service has versions", async () => {
    const action = actionFor();
    // Right before the write somebody opens and closes the queue, so that only the version tells.
    const fence = async () => service.states.set('orders', 'paused');
    await expect(
      action.apply(plainCall({ fence: async () => void (await fence()) }), close('close-unless-changed'), open),
    ).rejects.toMatchObject({ code: 'changed-meanwhile', again: false });
    expect(service.states.get('orders')).toBe('paused');
    expect(service.effects()).toBe(0);
  });

  it('I4: has one effect when two processes apply at the same moment and the service has versions', async () => {
    const apply = () => actionFor().apply(plainCall(), close('close-unless-changed'), open);
    const both = await Promise.all([apply(), apply()]);
    expect(both).toEqual([{ done: true }, { done: true }]);
    expect(service.effects()).toBe(1);
  });

  it.each(['..', '.', '...'])('S5: a value %j that could lead elsewhere in the path is refused', async (queue) => {
    const refusal = expect(actionFor().plan(plainCall(), close('close', queue))).rejects;
    await refusal.toMatchObject({ code: queue === '...' ? 'unknown-name' : 'bad-segment', again: false });
    expect(service.seen.map(({ path }) => path)).toEqual(queue === '...' ? ['/api/queues/...'] : []);
  });

  it('S7: refuses an endpoint at an address that is not allowed, and asks it nothing', async () => {
    const config = queueConfig(service);
    const { allow: _, ...endpoint } = config.endpoints.queues;
    const action = actionFor({ ...config, endpoints: { queues: endpoint } });
    await expect(action.plan(plainCall(), close())).rejects.toMatchObject({
      code: 'address-not-allowed',
      again: false,
    });
    expect(service.seen).toEqual([]);
  });

  it('S7: does not follow a redirect of a read or a write', async () => {
    const away: StandInAnswer = { status: 307, headers: { location: 'http://169.254.169.254/' } };
    service.meddle(onWrite(away, false));
    await expect(actionFor().apply(plainCall(), close(), open)).rejects.toMatchObject({
      code: 'redirected',
      again: false,
    });
    service.meddle(() => away);
    await expect(actionFor().plan(plainCall(), close())).rejects.toMatchObject({ code: 'redirected', again: false });
  });
});

describe('http/request when the service is in trouble', () => {
  it.each<[string, StandInAnswer, string, boolean]>([
    ['401', { status: 401 }, 'refused-by-target', false],
    ['403', { status: 403 }, 'refused-by-target', false],
    ['404', { status: 404 }, 'unknown-name', false],
    ['422', { status: 422 }, 'refused-by-target', false],
    ['429', { status: 429 }, 'target-failed', true],
    ['500', { status: 500 }, 'target-failed', true],
    ['503', { status: 503 }, 'target-failed', true],
    ['nothing', 'silent', 'timed-out', true],
    ['a closed connection', 'dropped', 'target-unreachable', true],
    ['no HTTP at all', (response) => void response.socket?.end('SSH-2.0-x\r\n'), 'not-understood', true],
  ])('that answers the write with %s: at most one effect, and a clear error', async (_, answer, code, again) => {
    service.meddle(onWrite(answer, false));
    await expect(actionFor().apply(plainCall(), close(), open)).rejects.toMatchObject({ code, again });
    expect(service.writes()).toHaveLength(1);
  });

  it.each<[string, StandInAnswer]>([
    ['drops the answer', 'dropped'],
    ['never answers', 'silent'],
    ['answers with rubbish', { status: 500, text: '\u0000\uFFFF<html>' }],
  ])('I4: that makes the change and %s: verify finds it, and nothing is written twice', async (_, answer) => {
    service.meddle(onWrite(answer, true));
    const action = actionFor();
    await expect(action.apply(plainCall(), close(), open)).rejects.toMatchObject({ again: true });
    expect(await action.verify(plainCall(), close(), open)).toEqual({ took: true });
    expect(await action.apply(plainCall(), close(), open)).toEqual({ done: true });
    expect(service.effects()).toBe(1);
  });

  it('that says yes and does nothing: it did not take', async () => {
    service.meddle(onWrite({ status: 200 }, false));
    await expect(actionFor().apply(plainCall(), close(), open)).rejects.toMatchObject({
      code: 'did-not-take',
      again: true,
    });
  });

  it.each<[string, StandInAnswer]>([
    ['rubbish', { status: 200, text: 'not { json' }],
    ['nothing', { status: 200, text: '' }],
    ['another shape', { status: 200, json: { queues: [] } }],
    ['packed data', { status: 200, headers: { 'content-encoding': 'gzip' }, text: 'x' }],
    ['2 MiB', { status: 200, json: { queue: { state: 'x'.repeat(2 * 1024 * 1024) } } }],
    ['a state of 100 kB', { status: 200, json: { queue: { state: 'x'.repeat(100_000) } } }],
    ['a state that is no text', { status: 200, json: { queue: { state: 'a\uFFFDb' } } }],
    ['a number of too many digits', { status: 200, text: '{"queue":{"state":12345678901234567890}}' }],
    ['deep JSON', { status: 200, text: '['.repeat(200_000) }],
  ])('that answers the read with %s: nothing is written', async (_, answer) => {
    service.meddle(() => answer);
    const action = actionFor();
    await expect(action.plan(plainCall(), close())).rejects.toMatchObject({ name: 'PluginError', again: false });
    await expect(action.apply(plainCall(), close(), open)).rejects.toMatchObject({ name: 'PluginError', again: false });
    expect(service.writes()).toEqual([]);
  });

  it('that is away: within the time-out, and clear', async () => {
    const config = queueConfig({ ...service, url: `http://127.0.0.1:${await freePort()}` });
    const error = actionFor(config).plan(plainCall(), close());
    await expect(error).rejects.toMatchObject({ code: 'target-unreachable', again: true });
    await expect(error).rejects.toThrow("http queues can't be reached: ECONNREFUSED");
  });

  it('that asks to wait: is asked again then, and not before', async () => {
    const action = actionFor();
    service.meddle(onWrite({ status: 429, headers: { 'retry-after': '7' } }, false));
    expect(await action.apply(plainCall(), close(), open)).toEqual({ done: false, againInMs: 7_000 });
    service.meddle((_, make) => make());
    expect(await action.apply(plainCall(), close(), open)).toEqual({ done: true });
    expect(service.effects()).toBe(1);
  });
});

describe('http/request-once', () => {
  const once = () => actionFor(queueConfig(service, '300ms'), 'request-once');

  it('I4: is sent once at most, also when it is asked to wait or too late', async () => {
    expect(once().idempotency).toBe('none');
    for (const answer of [{ status: 429, headers: { 'retry-after': '1' } }, { status: 412 }] as const) {
      service.meddle(onWrite(answer, false));
      await expect(once().apply(plainCall(), close('close-once'), open)).rejects.toMatchObject({ again: true });
    }
    expect(service.writes()).toHaveLength(2);
  });

  it('has no operation of the other action, nor the other way round', () => {
    expect(once().params.safeParse(close()).success).toBe(false);
    expect(actionFor().params.safeParse(close('close-once')).success).toBe(false);
  });

  it('asks a person when nothing can be read, and says that nobody can tell what came of it', async () => {
    const action = once();
    const plan = await action.plan(plainCall(), close('close-unseen'));
    expect(plan).toMatchObject({ reversible: false, asks: expect.stringContaining('nothing can be read back') });
    expect(await action.apply(plainCall(), close('close-unseen'), { state: null })).toEqual({ done: true });
    await expect(action.verify(plainCall(), close('close-unseen'), { state: null })).rejects.toMatchObject({
      code: 'not-verifiable',
    });
    await expect(action.revert(plainCall(), close('close-unseen'), { state: null })).rejects.toMatchObject({
      code: 'not-reversible',
    });
  });
});
