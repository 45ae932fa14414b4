import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Execution } from '../../src/core/execution.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { startMiddle, type Middle } from './middle.js';
import { endOf, runOneStep } from './one-step.js';
import { freePort } from './processes.js';

/** A real target that an action reaches over TCP, and what to do with it. */
export interface FaultyTarget {
  /** `host:port` of the real one. */
  readonly address: string;
  /** The plugin that reaches a target at this address; time-outs of its own are well below a second. */
  readonly plugin: (address: string, log: PluginLog) => PluginInstance;
  /** The same with credentials that the target refuses; left out where it knows none. */
  readonly refused?: (address: string, log: PluginLog) => PluginInstance;
  readonly params: Json;
  /** Tells the pieces that carry a write from those that ask. */
  readonly isWrite: (piece: Buffer) => boolean;
  /** What the target really is, looked at past everything in between. */
  readonly read: () => Promise<Json>;
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What is to be tried: an action, and how its target is started. */
export interface FaultSubject {
  readonly action: string;
  readonly start: () => Promise<FaultyTarget>;
  /** The target knows credentials: its `refused` is there. */
  readonly knowsCredentials?: boolean;
  /** How many writes make the change, where it is more than one: each is made once. */
  readonly writes?: number;
}

const TIMEOUT_MS = 1_500;
/** What the host says of a plugin that has no time-out of its own: not who did not answer. */
const NOBODY_NAMED = `no answer within ${TIMEOUT_MS} ms`;
const UNTOUCHED = /^failed: no plan, nothing was touched: only: \S+/;

/**
 * Lets an action meet a target that is down, slow, refuses its credentials, answers rubbish, or acts and loses the answer:
 * each time the execution comes to its right end, with words that a person can use, and with one effect at most.
 *
 * @param name what it is called in the report
 * @param subject the action and its target
 */
export function describeActionFaults(name: string, subject: FaultSubject): void {
  describe(`${name}, when its target fails`, () => {
    let target: FaultyTarget;
    let middle: Middle;
    let before: Json;
    let writes = 0;
    const said: string[] = [];
    const log: PluginLog = {
      info: (message, fields) => void said.push(`${message} ${JSON.stringify(fields ?? {})}`),
      warn: (message, fields) => void said.push(`${message} ${JSON.stringify(fields ?? {})}`),
    };
    beforeAll(async () => {
      target = await subject.start();
      middle = await startMiddle(target.address);
    });
    beforeEach(async () => {
      await target.reset();
      before = await target.read();
      writes = 0;
    });
    afterEach(() => middle.meddle({}));
    afterAll(async () => {
      await middle?.stop();
      await target?.stop();
    });

    const run = async (
      made: FaultyTarget['plugin'] = (address, to) => target.plugin(address, to),
      address = `${middle.host}:${middle.port}`,
    ): Promise<Execution> => {
      const plugin = made(address, log);
      const { action } = subject;
      try {
        return await runOneStep({ plugin, action, params: target.params, timeoutMs: TIMEOUT_MS, attempts: 2 }, log);
      } finally {
        await plugin.close();
      }
    };
    const counting = (piece: Buffer): boolean => {
      const is = target.isWrite(piece);
      if (is) writes += 1;
      return is;
    };

    it('is sound: with a target that is well it succeeds with a change', async () => {
      middle.meddle({ request: (piece) => (counting(piece), piece) });
      expect(endOf(await run())).toMatch(/^succeeded/);
      expect(await target.read()).not.toEqual(before);
      expect(writes).toBeGreaterThan(0);
    }, 30_000);

    it('down: it ends as failed, nothing is touched, and the words say that it cannot be reached', async () => {
      const end = endOf(await run(undefined, `127.0.0.1:${await freePort()}`));
      expect(end).toMatch(UNTOUCHED);
      expect(end).toMatch(/reach|refused|ECONNREFUSED|connect/i);
      expect(await target.read()).toEqual(before);
    }, 60_000);

    it('gone when it is to write: nothing is believed to have happened that has not', async () => {
      middle.meddle({ request: (piece) => (counting(piece) ? undefined : piece) });
      const end = endOf(await run());
      expect(end).toMatch(/^(failed|held): /);
      expect(end).not.toContain(NOBODY_NAMED);
      expect(writes).toBeGreaterThan(0);
      expect(await target.read()).toEqual(before);
    }, 60_000);

    it('I4: slow: an answer that comes too late is one effect, and it is known in the end', async () => {
      let held = 0;
      middle.meddle({
        request: (piece) => (counting(piece), piece),
        answer: async (piece) => {
          if (writes > 0 && held++ === 0) await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS + 500));
          return piece;
        },
      });
      const end = endOf(await run());
      expect(held).toBeGreaterThan(0);
      expect(end).toMatch(/^succeeded/);
      expect(writes).toBe(subject.writes ?? 1);
    }, 60_000);

    if (subject.knowsCredentials === true)
      it('S18: refusing its credentials: it ends as failed, nothing is touched, and they are shown nowhere', async () => {
        const made = target.refused;
        if (made === undefined) throw new Error('the target says no way to be refused');
        const plugin = made(`${middle.host}:${middle.port}`, log);
        const end = endOf(await run(made));
        expect(end).toMatch(/^failed: /);
        expect(end).toMatch(/credential|password|token|user|refus|allow|auth|permission/i);
        for (const secret of plugin.secrets) expect([end, ...said].join('\n')).not.toContain(secret);
        await plugin.close();
        expect(await target.read()).toEqual(before);
      }, 60_000);

    it('answering rubbish: it ends as failed, and nothing is touched', async () => {
      // Ends of lines stay, so that whoever waits for one gets what is before it.
      middle.meddle({
        answer: (piece) => Buffer.from(piece.map((byte, i) => (byte < 32 ? byte : 33 + ((i * 7) % 90)))),
      });
      const end = endOf(await run());
      expect(end).toMatch(UNTOUCHED);
      expect(await target.read()).toEqual(before);
    }, 60_000);

    it('I4: acting and losing the answer: it is asked, not told again, and one effect is known', async () => {
      let lost = 0;
      middle.meddle({
        request: (piece) => (counting(piece), piece),
        answer: (piece) => (writes > 0 && lost++ === 0 ? undefined : piece),
      });
      const end = endOf(await run());
      expect(lost).toBeGreaterThan(0);
      expect(end).toMatch(/^succeeded/);
      expect(writes).toBe(subject.writes ?? 1);
      expect(await target.read()).not.toEqual(before);
    }, 60_000);

    it('I4: acting and then falling silent: nobody is told that it is well, nor that nothing happened', async () => {
      let lost = 0;
      middle.meddle({
        request: (piece) => (counting(piece), piece),
        answer: (piece) => (writes > 0 ? ((lost += 1), undefined) : piece),
      });
      const end = endOf(await run());
      expect(lost).toBeGreaterThan(0);
      expect(end).toMatch(/^held: /);
      expect(end).not.toContain(NOBODY_NAMED);
      expect(writes).toBe(1);
    }, 60_000);
  });
}
