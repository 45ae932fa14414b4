import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, tokenOf, type ApiApp } from './api-app.js';
import { manyExecutions } from '../e2e/busy-town.js';
import { waitFor } from '../rig/wait-for.js';

describe('news for open pages', () => {
  let api: ApiApp;
  let origin: string;
  let stop: AbortController;
  beforeEach(async () => {
    api = await startApi();
    await api.nest.listen(0, '127.0.0.1');
    origin = await api.nest.getUrl();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await api.close();
  });

  /** Reads a stream for as long as the test lasts; gives what has come so far. */
  async function reading(path: string): Promise<{ readonly said: () => string; readonly ended: () => boolean }> {
    const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
    const answer = await fetch(origin + path, { headers, signal: stop.signal });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    let said = '';
    let ended = false;
    const read = async (): Promise<void> => {
      for await (const chunk of answer.body ?? []) said += Buffer.from(chunk).toString();
    };
    void read()
      .catch(() => undefined)
      .finally(() => (ended = true));
    await waitFor('the first word', () => said.startsWith('retry: '), 30_000);
    return { said: () => said, ended: () => ended };
  }
  const changes = (text: string): number => text.split('event: changed\n').length - 1;

  it('say that something changed, and not what', async () => {
    const { said } = await reading('/live');
    await manyExecutions(api.store, 1, api.clock.now());
    await waitFor('news', () => changes(said()) === 1, 30_000);
    expect(said()).not.toContain('many-0');
  });

  it('come at most once a second however much happens, and the last change is never lost', async () => {
    const { said } = await reading('/live');
    await manyExecutions(api.store, 500, api.clock.now());
    await waitFor('news', () => changes(said()) > 0, 30_000);
    await api.clock.pass(900);
    expect(changes(said())).toBe(1);
    await api.clock.pass(200);
    await waitFor('the last news', () => changes(said()) === 2, 30_000);
    await api.clock.pass(5_000);
    expect(changes(said())).toBe(2);
  });

  it('come every fifteen seconds although nothing happens, which also keeps the connection', async () => {
    const { said } = await reading('/live');
    await api.clock.pass(15_000);
    await waitFor('a tick', () => changes(said()) === 1, 30_000);
  });

  it('of one execution do not come when another one changes', async () => {
    const { said } = await reading('/live?execution=many-1');
    await manyExecutions(api.store, 1, api.clock.now());
    await api.clock.pass(2_000);
    expect(changes(said())).toBe(0);
    await manyExecutions(api.store, 2, api.clock.now());
    await waitFor('news', () => changes(said()) === 1, 30_000);
  });

  it('end with the service, so that it can stop', async () => {
    const { ended } = await reading('/live');
    await api.nest.close();
    await waitFor('the end of the stream', ended, 30_000);
  });

  it('are for a bounded number of pages; one that is closed makes room', async () => {
    const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
    // an answer that nobody holds any more is ended
    const held: Response[] = [];
    const open = async (signal: AbortSignal): Promise<number> => {
      const answer = await fetch(`${origin}/live`, { headers, signal });
      held.push(answer);
      return answer.status;
    };
    const last = new AbortController();
    await open(last.signal);
    const others = await Promise.all(Array.from({ length: 499 }, () => open(stop.signal)));
    expect(new Set(others)).toEqual(new Set([200]));
    expect(await open(stop.signal)).toBe(503);
    last.abort();
    await waitFor('room', async () => (await open(stop.signal)) === 200, 30_000);
  });
});
