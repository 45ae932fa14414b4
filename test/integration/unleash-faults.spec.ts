import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/degrade-feature/index.js';
import type { PluginError, PluginInstance } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import { startMiddle, type Middle } from '../rig/middle.js';
import { plainCall } from '../rig/plain-call.js';
import { freePort } from '../rig/processes.js';
import { startUnleash, type RigUnleash } from '../rig/unleash.js';
import { waitFor } from '../rig/wait-for.js';

const params = { server: 'main', feature: 'shop', environment: 'production' };

let unleash: RigUnleash;
let middle: Middle;
beforeAll(async () => {
  unleash = await startUnleash();
  middle = await startMiddle(unleash.url.replace('http://', ''));
  for (const feature of ['shop', 'bare', 'old']) await unleash.create(feature);
  await unleash.dropStrategies('bare');
  await unleash.ask('DELETE', '/projects/default/features/old');
}, 90_000);
afterAll(async () => {
  await middle?.stop();
  await unleash?.stop();
});
beforeEach(() => unleash.turn('shop', 'on'));

const started: PluginInstance[] = [];
afterEach(async () => {
  middle.meddle({});
  for (const one of started.splice(0)) await one.close();
});

/** The action with one server, through the middle unless told. */
function action(differs: Readonly<Record<string, unknown>> = {}, timeout = '2s'): Action {
  const main = {
    url: `http://127.0.0.1:${middle.port}`,
    token: unleash.token,
    projects: ['default', 'nowhere'],
    features: ['shop', 'bare', 'old', 'nothing'],
    environments: ['production', 'moon'],
    ...differs,
  };
  const log = { info: () => {}, warn: () => {} };
  const instance = plugin.instantiate({ unleash: { servers: { main }, timeout } }, log);
  started.push(instance);
  return instance.provided.actions!['unleash']!;
}

const failure = (doing: Promise<unknown>): Promise<PluginError> =>
  doing.then(
    () => expect.fail('it did not fail'),
    (error: PluginError) => error,
  );
const planned = async (given: Action = action()) => (await given.plan(plainCall(), params)).before;

/** Makes the change, and gives what taking it back needs. */
async function made(given: Action = action()) {
  const before = await planned(given);
  expect(await given.apply(plainCall(), params, before)).toEqual({ done: true });
  return before;
}

describe('an application', () => {
  it('D1: is told by Unleash that the feature is off as soon as the answer that it keeps is stale', async () => {
    const seen = async () => {
      const headers = { authorization: unleash.backendToken };
      const answer = await fetch(`${unleash.url}/api/client/features`, { headers });
      const { features } = (await answer.json()) as { features: { name: string; enabled: boolean }[] };
      return features.find((one) => one.name === 'shop')?.enabled;
    };
    await waitFor('the application to have it', async () => (await seen()) === true, 30_000);
    const given = action();
    const before = await planned(given);
    let start = 0;
    await given.apply(plainCall({ fence: async () => void (start = performance.now()) }), params, before);
    await waitFor('the application to lose it', async () => (await seen()) === false, 30_000, 1);
    const took = performance.now() - start;
    console.log(`from the write to Unleash's answer to applications: ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(4_000);
  });
});

describe('what others do', () => {
  it.each<[string, ('on' | 'off')[]]>([
    ['turned it off too', ['off']],
    ['turned it off and on again', ['off', 'on']],
  ])('stops the change when somebody %s since it was planned', async (_, turns) => {
    const before = await planned();
    for (const to of turns) await unleash.turn('shop', to);
    const count = await unleash.turns('shop');
    const error = await failure(action().apply(plainCall(), params, before));
    expect(error).toMatchObject({ code: 'changed-meanwhile', again: false });
    expect(error.message).toMatch(/^shop is o(n|ff) in production: .+ turned it meanwhile \(event \d+\)$/);
    expect(await unleash.turns('shop')).toBe(count);
  });

  it('is left as it is when it is taken back: somebody turned it on already', async () => {
    const before = await made();
    await unleash.turn('shop', 'on');
    const count = await unleash.turns('shop');
    await action().revert(plainCall(), params, before);
    expect(await unleash.turns('shop')).toBe(count);
  });

  it('is not overruled when it is taken back: somebody turned it off once more', async () => {
    const before = await made();
    await unleash.turn('shop', 'on');
    await unleash.turn('shop', 'off');
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await unleash.isOn('shop')).toBe(false);
  });

  it('is not overruled when Unleash has no word of who turned it off', async () => {
    const before = await made();
    await unleash.forgetEvents('shop');
    expect(await failure(action().revert(plainCall(), params, before))).toMatchObject({ code: 'changed-meanwhile' });
  });

  it('in another environment is nobody’s concern', async () => {
    const before = await planned();
    await unleash.turn('shop', 'on', 'development');
    await unleash.turn('shop', 'off', 'development');
    await action().apply(plainCall(), params, before);
    expect(await unleash.isOn('shop')).toBe(false);
  });

  it('I4: two attempts at the same moment are one effect', async () => {
    const before = await planned();
    const count = await unleash.turns('shop');
    await Promise.all([1, 2, 3].map(() => action({}, '20s').apply(plainCall(), params, before)));
    expect(await unleash.turns('shop')).toBe(count + 1);
  });

  it('I4: another attempt is no stranger that turns it between the look at its state and at its last event', async () => {
    const before = await planned();
    const count = await unleash.turns('shop');
    const other = action({ url: unleash.url }, '20s');
    let isFirst = true;
    const request = async (piece: Buffer): Promise<Buffer> => {
      if (isFirst && piece.includes('/search/events')) {
        isFirst = false;
        await other.apply(plainCall(), params, before);
      }
      return piece;
    };
    middle.meddle({ request });
    expect(await action({}, '20s').apply(plainCall(), params, before)).toEqual({ done: true });
    expect([isFirst, await unleash.turns('shop')]).toEqual([false, count + 1]);
  });
});

describe('turning on', () => {
  const on = { ...params, feature: 'bare', enabled: true };

  it('is refused where Unleash would add a strategy for everybody', async () => {
    expect(await failure(action().plan(plainCall(), on))).toMatchObject({
      code: 'no-strategy',
      again: false,
      message:
        'bare has no active strategy in production: turned on, Unleash would give it to everybody; add one first',
    });
  });

  it('is refused also when it is taken back and the strategies went away', async () => {
    await unleash.create('brief');
    const given = action({ features: ['brief'] });
    const brief = { ...params, feature: 'brief' };
    const { before } = await given.plan(plainCall(), brief);
    await given.apply(plainCall(), brief, before);
    await unleash.dropStrategies('brief');
    expect(await failure(given.revert(plainCall(), brief, before))).toMatchObject({ code: 'no-strategy' });
    expect(await unleash.isOn('brief')).toBe(false);
  });
});

describe('what Unleash does not have', () => {
  it.each([
    [{ feature: 'nothing' }, 'unknown-name', /There's no feature named "nothing" in project "default"/],
    [{ project: 'nowhere' }, 'unknown-name', /no feature named "shop" in project "nowhere"/],
    [{ environment: 'moon' }, 'unknown-name', /no environment moon in Unleash main; there are development, production/],
    [{ feature: 'old' }, 'archived', /old is archived in Unleash main: revive it first/],
  ])('stops the plan for %j', async (differs, code, message) => {
    const error = await failure(action().plan(plainCall(), { ...params, ...differs }));
    expect(error).toMatchObject({ code, again: false });
    expect(error.message).toMatch(message);
  });
});

describe('a token', () => {
  it.each<[string, () => string, RegExp]>([
    ['nobody knows', () => '*:*.wrong', /does not know the token \(401\)/],
    ['of an application', () => unleash.backendToken, /403: invalid token: expected a different token type/],
  ])('that is one %s is refused while planning', async (_, token, message) => {
    const error = await failure(action({ token: token() }).plan(plainCall(), params));
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(token());
  });

  it('of somebody who may only look is refused when the feature is turned', async () => {
    const given = action({ token: unleash.viewerToken });
    const error = await failure(given.apply(plainCall(), params, await planned(given)));
    expect(error).toMatchObject({ code: 'refused-by-target', again: false });
    expect(error.message).toContain('you need the "UPDATE_FEATURE_ENVIRONMENT" permission');
    expect(await unleash.isOn('shop')).toBe(true);
  });

  it('does not go round change requests', async () => {
    await unleash.protect(true);
    try {
      const error = await failure(action().apply(plainCall(), params, await planned()));
      expect(error).toMatchObject({ code: 'needs-change-request', again: false });
      expect(await unleash.isOn('shop')).toBe(true);
    } finally {
      await unleash.protect(false);
    }
  });
});

describe('I4: a server in trouble', () => {
  it('that is down is said to be, and nothing is turned', async () => {
    const down = action({ url: `http://127.0.0.1:${await freePort()}` });
    const message = "Unleash main can't be reached: ECONNREFUSED";
    expect(await failure(down.plan(plainCall(), params))).toMatchObject({ code: 'target-unreachable', message });
    const error = await failure(down.apply(plainCall(), params, await planned()));
    expect(error).toMatchObject({ code: 'target-unreachable', again: true });
  });

  it('that says nothing is waited for no longer than its time-out', async () => {
    const given = action();
    const before = await planned(given);
    unleash.process.signal('SIGSTOP');
    try {
      const start = performance.now();
      expect(await failure(given.apply(plainCall(), params, before))).toMatchObject({
        code: 'timed-out',
        message: 'Unleash main did not answer within 2000 ms',
      });
      expect(performance.now() - start).toBeLessThan(10_000);
    } finally {
      unleash.process.signal('SIGCONT');
    }
  });

  it('that turned the feature and whose answer got lost has turned it once', async () => {
    const given = action();
    const before = await planned(given);
    const count = await unleash.turns('shop');
    let turning = false;
    middle.meddle({
      request: (piece) => ((turning ||= piece.includes('POST ')), piece),
      answer: (piece) => (turning ? undefined : piece),
    });
    expect(await failure(given.apply(plainCall(), params, before))).toMatchObject({ code: 'timed-out', again: true });
    middle.meddle({});
    expect(await given.verify(plainCall(), params, before)).toEqual({ took: true });
    await given.apply(plainCall({ epoch: 2 }), params, before);
    expect(await unleash.turns('shop')).toBe(count + 1);
    await given.revert(plainCall(), params, before);
    expect(await unleash.isOn('shop')).toBe(true);
  });

  const json = (status: number, body: unknown): RequestListener => {
    return (_, answer) => void answer.writeHead(status).end(JSON.stringify(body));
  };
  const known = { user: { id: 1, email: 'a@example.com' } };
  it.each<[string, RequestListener, string, boolean]>([
    ['a page', (_, answer) => void answer.end('<html>'), 'not-understood', false],
    ['nothing', (_, answer) => void answer.end(), 'not-understood', false],
    ['JSON of something else', json(200, { hello: 1 }), 'not-understood', false],
    ['a user and then something else', json(200, known), 'not-understood', false],
    ['more than can be', (_, answer) => void answer.end('x'.repeat(2 ** 21)), 'answer-too-long', false],
    ['a redirect', (_, answer) => void answer.writeHead(302, { location: '/' }).end(), 'redirected', false],
    ['that it is broken', json(500, { name: 'InternalError', message: 'oh' }), 'target-failed', true],
    ['that it is asked too much', json(429, { message: 'slow down' }), 'target-failed', true],
    ['by hanging up', (asked) => void asked.socket.destroy(), 'target-unreachable', true],
  ])('that answers with %s is not believed', async (_, listener, code, again) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const error = await failure(action({ url }).plan(plainCall(), params));
      expect(error).toMatchObject({ code, again });
      expect(error.message).not.toContain(unleash.token);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
