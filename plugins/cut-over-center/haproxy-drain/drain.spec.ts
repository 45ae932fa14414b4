import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Json, PluginLog, Progress } from '../../../src/plugin-sdk/index.js';
import type { Action, BareEffectCall, BarePlanCall } from '../../../src/plugin-sdk/plugin.js';
import { startLoad, type Request } from '../../../test/rig/load.js';
import { startPlainHaproxy, type PlainHaproxy } from '../../../test/rig/plain-haproxy.js';
import { freePort } from '../../../test/rig/processes.js';
import { startSmallCenter, type SmallCenter } from '../../../test/rig/small-center.js';
import { waitFor } from '../../../test/rig/wait-for.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';

let centers: { a: SmallCenter; b: SmallCenter };
let haproxy: PlainHaproxy;
let url: string;
const warned: Json[] = [];
const log: PluginLog = { info: () => {}, warn: (message, fields) => void warned.push([message, fields ?? {}]) };

beforeEach(async () => {
  warned.length = 0;
  const quick = { status: 200, takesMs: 60 };
  centers = { a: await startSmallCenter('a', quick), b: await startSmallCenter('b', quick) };
  const port = await freePort();
  url = `http://127.0.0.1:${port}/`;
  haproxy = await startPlainHaproxy(
    () => `
defaults
  mode http
  retries 0
  timeout connect 1s
  timeout client 20s
  timeout server 20s
listen centers
  bind 127.0.0.1:${port}
  server a ${centers.a.address}
  server b ${centers.b.address}
`,
  );
});
afterEach(async () => {
  await haproxy.stop();
  centers.a.stop();
  centers.b.stop();
});

const action = (): Action => plugin.instantiate({ endpoint: haproxy.socket }, log).provided.actions!['haproxy-drain']!;
const call = (differs: Partial<BareEffectCall & BarePlanCall> = {}) => plainCall({ log, ...differs });
const out = (differs: { [name: string]: Json } = {}) => ({ backend: 'centers', server: 'a', ...differs });
const before = { state: 'ready' };

async function adminState(server: string): Promise<number> {
  const rows = (await haproxy.tell('show servers state centers')).split('\n').map((row) => row.split(' '));
  return Number(rows.find((cells) => cells[3] === server)?.[6]);
}

/** Applies until it is done, as the engine does; gives how often it was asked. */
async function untilDone(params: Json): Promise<number> {
  let asked = 0;
  await waitFor(
    'the removal',
    async () => {
      asked += 1;
      return (await action().apply(call(), params, before)).done;
    },
    30_000,
    50,
  );
  return asked;
}

/** Puts a load on both centres while something is done, and gives all requests. */
async function under(what: () => Promise<void>): Promise<readonly Request[]> {
  const load = startLoad(url, 150, 20_000);
  const sees = async (count: number) => waitFor('requests', () => load.requests().length >= count, 30_000);
  await sees(40);
  await what();
  await sees(load.requests().length + 40);
  await load.stop();
  return load.requests();
}

/** Keeps one request open at a centre that never ends its answer. */
async function holdOpen(): Promise<{ lost: () => boolean }> {
  centers.a.answer({ status: 200, takesMs: Infinity });
  await haproxy.tell('set server centers/b state drain');
  let lost = false;
  const request = get(url, (response) => {
    response.resume();
    response.on('error', () => (lost = true));
  });
  request.on('error', () => (lost = true));
  await waitFor('the request to be there', () => centers.a.asked() > 0, 30_000);
  await haproxy.tell('set server centers/b state ready');
  return { lost: () => lost };
}

describe('a server under load', () => {
  it('is taken out and shut down without one lost request', async () => {
    const requests = await under(async () => {
      expect(await untilDone(out())).toBeGreaterThan(1);
      centers.a.stop();
    });
    expect(requests.some(({ center }) => center === 'a')).toBe(true);
    expect(requests.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('loses some when it is put into maint and shut down at once: so the test above can fail', async () => {
    const requests = await under(async () => {
      await haproxy.tell('set server centers/a state maint');
      centers.a.stop();
    });
    expect(requests.filter(({ ok }) => !ok).length).toBeGreaterThan(0);
  });
});

describe('a server with a request that does not end', () => {
  it('is waited for, from when HAProxy began to drain it, also by a process that knows nothing of it', async () => {
    const held = await holdOpen();
    const params = out({ within: '1s' });
    expect(await action().apply(call(), params, before)).toEqual({ done: false, againInMs: 200 });
    expect(await adminState('a')).toBe(8);
    const end = await waitFor<Progress | { code: string }>(
      'the limit',
      async () => {
        const made = await action()
          .apply(call(), params, before)
          .catch((error: { code: string }) => error);
        return 'done' in made && !made.done ? undefined : made;
      },
      5_000,
    );
    expect(end).toMatchObject({
      code: 'still-busy',
      again: false,
      message: expect.stringContaining('centers/a still has 1 session after 1 s of draining'),
    });
    expect([await adminState('a'), held.lost()]).toEqual([8, false]);
    await action().revert(call(), params, before);
    expect([await adminState('a'), held.lost()]).toEqual([0, false]);
  });

  it('is cut when that was agreed to, and it is said how many were lost', async () => {
    const held = await holdOpen();
    const params = out({ within: '1s', atLimit: 'cut' });
    const { changes } = await action().plan(call(), params);
    expect(changes).toContainEqual({
      resource: 'haproxy/centers/a',
      attribute: 'sessions still open after 1 s',
      from: 'open',
      to: 'closed',
    });
    await untilDone(params);
    expect(await adminState('a')).toBe(1);
    expect(warned).toEqual([['sessions closed', { backend: 'centers', server: 'a', sessions: 1 }]]);
    await waitFor('the client to notice', held.lost, 30_000);
  });

  it('goes on when a process died after any of its writes', async () => {
    for (const dies of [1, 2]) {
      let fences = 0;
      const fence = async () => {
        if (fences === dies) throw new Error('killed');
        fences += 1;
      };
      await action()
        .apply(call({ fence }), out(), before)
        .catch(() => {});
      await untilDone(out());
      expect(await action().verify(call(), out(), before)).toEqual({ took: true });
      await action().revert(call(), out(), before);
      expect(await adminState('a')).toBe(0);
    }
  });

  it('counts what slipped in between the last look and maint', async () => {
    await holdOpen();
    await haproxy.tell('set server centers/a state maint');
    expect(await action().verify(call(), out(), before)).toEqual({
      took: false,
      detail: 'a is in maint, but still has 1 session',
    });
    expect((await action().apply(call(), out(), before)).done).toBe(false);
  });
});

describe('I9: the last server that serves', () => {
  it('is not taken out, as the plan says', async () => {
    await haproxy.tell('set server centers/b state drain');
    await expect(action().plan(call(), out())).rejects.toMatchObject({ code: 'no-server-left', again: false });
  });

  it('is not taken out when an earlier step will have taken the other', async () => {
    const earlier: Change[] = [{ resource: 'haproxy/centers/b', attribute: 'weight', from: 1, to: 0 }];
    await expect(action().plan(call({ earlier }), out())).rejects.toMatchObject({ code: 'no-server-left' });
  });

  it('is not drained when the other went away since', async () => {
    await haproxy.tell('set server centers/b state maint');
    await expect(action().apply(call(), out(), before)).rejects.toMatchObject({ code: 'no-server-left' });
    expect(await adminState('a')).toBe(0);
  });

  it('stays where it is when the other goes away while it drains', async () => {
    await haproxy.tell('set server centers/a state drain; set server centers/b state maint');
    await expect(action().apply(call(), out(), before)).rejects.toMatchObject({ code: 'no-server-left' });
    expect(await adminState('a')).toBe(8);
  });
});

describe('what others do', () => {
  it('is not overruled: a server that was to be in drain and is ready', async () => {
    const was = { state: 'drain' };
    await expect(action().apply(call(), out(), was)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    await expect(action().revert(call(), out(), was)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    expect(await adminState('a')).toBe(0);
  });

  it('counts as done when an earlier step will have done it', async () => {
    const earlier: Change[] = [{ resource: 'haproxy/centers/a', attribute: 'state', from: 'ready', to: 'maint' }];
    expect(await action().check(call({ earlier }), out())).toEqual({ needed: false, because: 'a is out already' });
  });
});

it.each([{ within: '0s' }, { within: '2h' }, { within: 5 }, { atLimit: 'kill' }, { server: 'a b' }, { servers: [] }])(
  'parameters %j are refused',
  (wrong) => {
    expect(action().params.safeParse(out(wrong)).success).toBe(false);
  },
);
