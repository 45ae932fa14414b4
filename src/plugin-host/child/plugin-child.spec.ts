import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.js';
import type { Companion, End } from './life.js';
import type { Order, Saying } from './messages.js';
import { PluginChild, type Living } from './plugin-child.js';

const silent = { info: () => undefined, warn: () => undefined };
const CALL = { kind: 'probe', part: 'look', verb: 'measure', params: {}, about: {} } as const;
const hands = () => ({ signal: new AbortController().signal, log: silent });

/** A process that does what the test says. */
class PretendLife implements Living {
  readonly pid = 7;
  readonly told: Order[] = [];
  ended = false;

  constructor(
    private readonly companion: Companion,
    private readonly character: { loads: boolean; version: string },
  ) {
    queueMicrotask(() => companion.hear({ say: 'ready' }));
  }

  tell(order: Order): boolean {
    this.told.push(order);
    const { loads, version } = this.character;
    const provided = { actions: {}, probes: {}, notifiers: {} };
    const refusal: Saying = { say: 'refused', failure: { kind: 'other', message: 'not today' } };
    const answers: { readonly [order: string]: Saying } = {
      load: loads ? { say: 'loaded', id: 'sms', version } : refusal,
      start: { say: 'started', provided, secrets: [] },
    };
    const answer = answers[order.order];
    if (answer !== undefined) queueMicrotask(() => this.companion.hear(answer));
    if (order.order === 'close') queueMicrotask(() => this.die('exited'));
    return true;
  }

  say(saying: Saying): void {
    this.companion.hear(saying);
  }

  kill(why: End['why']): void {
    queueMicrotask(() => this.die(why));
  }

  die(why: End['why'] = 'killed'): void {
    if (this.ended) return;
    this.ended = true;
    this.companion.ended({ why, detail: 'in the test' });
  }

  expectPulse(): void {
    // nobody measures it here
  }

  memoryMiB(): undefined {
    return undefined;
  }
}

function world() {
  const clock = new FakeClock();
  const character = { loads: true, version: '1' };
  const lives: PretendLife[] = [];
  const pauses: number[] = [];
  const begin = (companion: Companion): PretendLife => {
    const life = new PretendLife(companion, character);
    lives.push(life);
    return life;
  };
  const observer = {
    line: () => undefined,
    log: silent,
    up: () => undefined,
    down: (_: End, againInMs: number) => void pauses.push(againInMs),
  };
  const child = new PluginChild({ name: 'sms' }, begin, { entry: 'x', from: 'y' }, clock, observer);
  const started = async (): Promise<PluginChild> => {
    await child.start(await child.load(), {});
    return child;
  };
  return { clock, character, lives, pauses, child, started, newest: () => lives.at(-1)! };
}

describe('the child of a plugin', () => {
  it('F: fails its calls when it dies, at once, and says that the same may work later', async () => {
    const { started, newest } = world();
    const child = await started();
    const call = child.call(CALL, hands());
    newest().die();
    await expect(call).rejects.toMatchObject({ code: 'plugin-crashed', again: true });
    await expect(child.call(CALL, hands())).rejects.toMatchObject({ code: 'plugin-down', again: true });
    expect(child.now()).toMatchObject({ state: 'down', lastEnd: { why: 'killed' } });
  });

  it('is started again after growing pauses, and after a calm minute as at first', async () => {
    const { started, clock, newest, lives, pauses } = world();
    const child = await started();
    for (let i = 0; i < 8; i += 1) {
      newest().die();
      await clock.pass(pauses.at(-1)! - 1);
      expect(lives).toHaveLength(i + 1);
      await clock.pass(1);
      expect(child.now()).toMatchObject({ state: 'up', restarts: i + 1 });
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    await clock.pass(60_000);
    newest().die();
    expect(pauses.at(-1)).toBe(1_000);
  });

  it('stays down, and is tried again, when it does not start any more', async () => {
    const { started, clock, newest, pauses, character } = world();
    const child = await started();
    character.loads = false;
    newest().die();
    await clock.pass(1_000);
    expect([child.now().state, pauses]).toEqual(['down', [1_000, 2_000]]);
    character.loads = true;
    await clock.pass(2_000);
    expect(child.now()).toMatchObject({ state: 'up', restarts: 2 });
  });

  it('I8: is not called when another version comes back than the one that plans were approved for', async () => {
    const { started, clock, newest, character } = world();
    const child = await started();
    character.version = '2';
    newest().die();
    await clock.pass(1_000);
    expect(child.now()).toMatchObject({ state: 'down' });
    await expect(child.call(CALL, hands())).rejects.toMatchObject({ code: 'plugin-down' });
  });

  it('F: that never says who it is, is ended and is an error', async () => {
    const { child, clock, lives, character } = world();
    character.loads = true;
    const loading = child.load();
    lives[0]!.tell = () => true;
    const failed = expect(loading).rejects.toThrow('silent');
    await clock.pass(20_000);
    await failed;
  });

  it('F: is ended when three calls are late by ten seconds', async () => {
    const { started, clock, newest } = world();
    const child = await started();
    const abort = new AbortController();
    const calls = [1, 2, 3].map(() => child.call(CALL, { signal: abort.signal, log: silent }));
    const settled = Promise.allSettled(calls);
    abort.abort(new Error('late'));
    expect(newest().told.filter((order) => order.order === 'abort')).toHaveLength(3);
    await clock.pass(9_000);
    expect(newest().ended).toBe(false);
    await clock.pass(2_000);
    expect(newest().ended).toBe(true);
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('S16: passes over answers that nobody waits for, and questions of calls that are over', async () => {
    const { started, newest } = world();
    const child = await started();
    newest().say({ say: 'result', id: 99, value: null });
    newest().say({ say: 'ask', id: 99, question: 1, what: 'fence' });
    const call = child.call(CALL, hands());
    newest().say({ say: 'result', id: 1, value: 'well' });
    newest().say({ say: 'result', id: 1, value: 'twice' });
    expect(await call).toBe('well');
  });

  it('I7: asks the fence of the call, which is shut when the call is aborted', async () => {
    const { started, newest } = world();
    const child = await started();
    const abort = new AbortController();
    let asked = 0;
    const fence = async (): Promise<void> => void (asked += 1);
    const call = child.call({ ...CALL, kind: 'action', verb: 'apply' }, { signal: abort.signal, log: silent, fence });
    const answers = () => newest().told.filter((order) => order.order === 'answer');
    newest().say({ say: 'ask', id: 1, question: 1, what: 'fence' });
    await vi.waitFor(() => expect(answers()).toHaveLength(1));
    abort.abort(new Error('overtaken'));
    newest().say({ say: 'ask', id: 1, question: 2, what: 'fence' });
    newest().say({ say: 'ask', id: 1, question: 3, what: 'measure' });
    await vi.waitFor(() => expect(answers()).toHaveLength(3));
    newest().say({ say: 'result', id: 1, value: null });
    await call;
    expect(asked).toBe(1);
    expect(answers()).toMatchObject([
      { question: 1, value: null },
      { question: 2, failure: { message: 'overtaken' } },
      { question: 3, failure: { code: 'not-lifting' } },
    ]);
  });

  it('stays stopped when it is stopped while it is being started again', async () => {
    const { started, newest, clock, lives } = world();
    const child = await started();
    newest().die();
    const passing = clock.pass(1_000);
    const stopped = child.stop();
    await Promise.all([passing, stopped]);
    await clock.pass(120_000);
    expect([child.now().state, lives.every((life) => life.ended)]).toEqual(['stopped', true]);
  });

  it('is asked to end, and ended when it does not', async () => {
    const { started, newest, clock, pauses } = world();
    const child = await started();
    newest().tell = () => true;
    const stopped = child.stop();
    await clock.pass(3_000);
    await stopped;
    expect(child.now().state).toBe('stopped');
    await clock.pass(120_000);
    expect(pauses).toEqual([]);
  });
});
