import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definePlugin, secret, type EffectCall, type Json, type PluginLog } from '../plugin-sdk/index.js';
import type { Action, PluginInstance } from '../plugin-sdk/plugin.js';
import { contractViolations, describeActionContract, type ContractSubject } from './action-contract.js';

/** A target that is small and real: shelves with numbers on them, which count what is written. */
class Shelves {
  readonly numbers = new Map<string, number>();
  writes = 0;
  put(shelf: string, value: number, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    this.writes += 1;
    this.numbers.set(shelf, value);
  }
}

const numbers = z.record(z.string(), z.int());
type Numbers = z.infer<typeof numbers>;

const shelvesPlugin = (shelves: Shelves) =>
  definePlugin({
    id: 'shelves',
    sdk: 1,
    version: '1.0.0',
    config: z.object({ token: secret(), broken: z.boolean().default(false) }),
    connect: async ({ broken }) => {
      if (broken) throw new Error('unreachable');
      return shelves;
    },
    close: () => {},
    provide: ({ action }) => {
      const now = (params: Numbers) =>
        Object.fromEntries(Object.keys(params).map((name) => [name, shelves.numbers.get(name) ?? 0]));
      const open = (params: Numbers) => Object.entries(params).filter(([name, to]) => shelves.numbers.get(name) !== to);
      const write = async (
        { fence, signal }: EffectCall<Shelves, Numbers>,
        wanted: Numbers,
      ): Promise<{ done: true }> => {
        for (const [name, to] of open(wanted)) {
          await fence();
          shelves.put(name, to, signal);
        }
        return { done: true };
      };
      return {
        actions: {
          put: action({
            summary: 'Put numbers on shelves',
            params: numbers,
            before: numbers,
            risk: 'low',
            idempotency: 'natural',
            check: async ({ params }) =>
              open(params).length > 0 ? { needed: true } : { needed: false, because: 'all there' },
            plan: async ({ params }) => ({
              summary: 'put',
              changes: open(params).map(([name, to]) => ({
                resource: name,
                attribute: 'number',
                from: shelves.numbers.get(name) ?? 0,
                to,
              })),
              before: now(params),
            }),
            apply: (call) => write(call, call.params),
            verify: async ({ params }) =>
              open(params).length === 0 ? { took: true } : { took: false, detail: 'not there' },
            revert: (call, before) => write(call, before),
          }),
        },
      };
    },
  });

type Break = (sound: Action, shelves: Shelves) => Partial<Action>;

function subject(broken: Break): ContractSubject {
  return {
    action: 'put',
    world: async (log) => {
      const shelves = new Shelves();
      const plugin = shelvesPlugin(shelves);
      const instance = plugin.instantiate({ token: 'canary-5c1f' }, log);
      const sound = instance.provided.actions!['put']!;
      const wrapped: PluginInstance = {
        ...instance,
        provided: { actions: { put: { ...sound, ...broken(sound, shelves) } } },
      };
      return {
        plugin: wrapped,
        unreachable: plugin.instantiate({ token: 'canary-5c1f', broken: true }, log),
        params: { top: 5, bottom: 6 },
        nonsense: [null, { top: 'five' }],
        read: async () => Object.fromEntries(shelves.numbers),
        reset: async () => {
          shelves.numbers.set('top', 1).set('bottom', 2);
        },
        effects: () => shelves.writes,
        close: () => instance.close(),
      };
    },
  };
}

const openFence = async () => {};
const fresh = () => new AbortController().signal;

describeActionContract(
  'a sound action',
  subject(() => ({})),
);

describe('the contract catches an action', () => {
  const variants: [string, Break, string][] = [
    [
      'whose check writes',
      ({ check }, s) => ({ check: async (...all) => (s.put('log', 1), check(...all)) }),
      'check says that a change is needed, and changes nothing',
    ],
    [
      'whose check never sees a need',
      () => ({ check: async () => ({ needed: false, because: 'lazy' }) }),
      'check says that a change is needed, and changes nothing',
    ],
    [
      'whose check sees a need for ever',
      () => ({ check: async () => ({ needed: true }) }),
      'verify holds after apply and not before, and check then says that nothing is needed',
    ],
    [
      'whose plan writes',
      ({ plan }, s) => ({ plan: async (...all) => (s.put('top', s.numbers.get('top') ?? 0), plan(...all)) }),
      'plan changes nothing',
    ],
    [
      'whose plan names no change',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), changes: [] }) }),
      'plan names what changes, and is the same when made again',
    ],
    [
      'whose plan differs each time',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), summary: String(Math.random()) }) }),
      'plan names what changes, and is the same when made again',
    ],
    [
      'that keeps a date',
      ({ plan }) => ({
        plan: async (...all) => ({ ...(await plan(...all)), before: { at: new Date() } as unknown as Json }),
      }),
      'before survives JSON, and its own schema takes it',
    ],
    [
      'that keeps what its own schema refuses',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), before: { top: 'one' } }) }),
      'before survives JSON, and its own schema takes it',
    ],
    [
      'that takes any parameters',
      ({ plan }) => ({ params: z.unknown(), plan: async (call) => plan(call, { top: 5, bottom: 6 }) }),
      'nonsense parameters are refused by the schema',
    ],
    [
      'whose verify always holds',
      () => ({ verify: async () => ({ took: true }) }),
      'verify holds after apply and not before, and check then says that nothing is needed',
    ],
    [
      'whose verify never holds',
      () => ({ verify: async () => ({ took: false, detail: '' }) }),
      'verify holds after apply and not before, and check then says that nothing is needed',
    ],
    [
      'whose verify repairs',
      ({ verify }, s) => ({ verify: async (...all) => (s.put('log', 1), verify(...all)) }),
      'verify changes nothing, before apply and after it',
    ],
    [
      'whose apply does nothing',
      () => ({ apply: async () => ({ done: true }) }),
      'verify holds after apply and not before, and check then says that nothing is needed',
    ],
    [
      'that writes again when repeated',
      ({ apply }, s) => ({
        apply: async (...all) => (await all[0].fence(), s.put('top', 5, all[0].signal), apply(...all)),
      }),
      'apply twice with one key is one effect',
    ],
    [
      'that never asks the fence',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: openFence }, ...rest) }),
      'every write is preceded by the fence',
    ],
    [
      'that asks the fence once for two writes',
      ({ apply }) => ({
        apply: async (call, ...rest) => (await call.fence(), apply({ ...call, fence: openFence }, ...rest)),
      }),
      'every write is preceded by the fence',
    ],
    [
      'that writes in spite of a closed fence',
      ({ apply }) => ({
        apply: (call, ...rest) => apply({ ...call, fence: () => call.fence().catch(() => {}) }, ...rest),
      }),
      'an apply whose fence is closed fails and changes nothing',
    ],
    [
      'that swallows the closed fence',
      ({ apply }) => ({ apply: (...all) => apply(...all).catch(() => ({ done: true as const })) }),
      'an apply whose fence is closed fails and changes nothing',
    ],
    [
      'that ignores the signal',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, signal: fresh() }, ...rest) }),
      'an apply whose signal is aborted fails and changes nothing',
    ],
    [
      'that looks at the signal only at the start',
      ({ apply }) => ({
        apply: async (call, ...rest) => (call.signal.throwIfAborted(), apply({ ...call, signal: fresh() }, ...rest)),
      }),
      'an apply whose signal is aborted fails and changes nothing',
    ],
    [
      'whose revert does nothing',
      () => ({ revert: async () => ({ done: true }) }),
      'revert restores what was there, and does nothing when repeated',
    ],
    [
      'whose revert guesses',
      ({ revert }) => ({ revert: (call, params) => revert(call, params, { top: 0, bottom: 0 }) }),
      'revert restores what was there, and does nothing when repeated',
    ],
    [
      'that reverts what it never did',
      ({ revert }, s) => ({
        revert: async (...all) => (await all[0].fence(), s.put('top', 1, all[0].signal), revert(...all)),
      }),
      'revert of a step that was never applied does nothing',
    ],
    [
      'whose revert ignores the fence',
      ({ revert }) => ({ revert: (call, ...rest) => revert({ ...call, fence: openFence }, ...rest) }),
      'a revert whose fence is closed or whose signal is aborted fails and changes nothing',
    ],
    [
      'whose revert ignores the signal',
      ({ revert }) => ({ revert: (call, ...rest) => revert({ ...call, signal: fresh() }, ...rest) }),
      'a revert whose fence is closed or whose signal is aborted fails and changes nothing',
    ],
    [
      'that forgets the last stage of lifting',
      ({ revert }, s) => ({
        revert: async (...all) => {
          if (all[0].lifting === undefined) return revert(...all);
          await all[0].fence();
          s.put('top', 3, all[0].signal);
          return { done: true };
        },
      }),
      'a change that nobody needs any more is taken back completely, in stages or at once',
    ],
    [
      'that lifts without asking the fence',
      ({ revert }) => ({
        revert: (call, ...rest) => revert(call.lifting === undefined ? call : { ...call, fence: openFence }, ...rest),
      }),
      'a change that nobody needs any more is taken back completely, in stages or at once',
    ],
    [
      'that thinks one write is all',
      ({ apply }, s) => ({ apply: async (...all) => (s.numbers.get('top') === 5 ? { done: true } : apply(...all)) }),
      'an apply that broke off half-way is finished by the next one, or taken back',
    ],
    [
      'that logs its token',
      ({ apply }) => ({
        apply: (call, ...rest) => (call.log.info('hello', { token: 'canary-5c1f' }), apply(call, ...rest)),
      }),
      'no secret of the configuration is in a log line, an error or a plan',
    ],
    [
      'whose errors show its token',
      ({ apply }) => ({
        apply: (...all) =>
          apply(...all).catch((cause: unknown) => {
            throw new Error('failed', {
              cause: { request: { headers: { authorization: 'Bearer canary-5c1f' } }, cause },
            });
          }),
      }),
      'no secret of the configuration is in a log line, an error or a plan',
    ],
    [
      'whose plan shows its token',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), summary: 'with canary-5c1f' }) }),
      'no secret of the configuration is in a log line, an error or a plan',
    ],
  ];

  const lasting: [string, Break, string][] = [
    [
      'that can not be taken back and thinks one write is all',
      ({ apply }, s) => ({
        reversible: false,
        apply: async (...all) => (s.numbers.get('top') === 5 ? { done: true } : apply(...all)),
      }),
      'what can not be taken back is finished by the next apply when one broke off half-way',
    ],
    [
      'whose plan can not be taken back, and that tries all the same',
      ({ plan }) => ({ plan: async (...all) => ({ ...(await plan(...all)), reversible: false }) }),
      'a revert of what can not be taken back changes nothing',
    ],
  ];

  it.each([...variants, ...lasting])('%s', async (_, broken, clause) => {
    const found = await contractViolations(subject(broken));
    expect(found.map((one) => one.clause)).toContain(clause);
    expect(found.map((one) => one.detail).join()).not.toContain('canary-5c1f');
  });

  it('that throws, without stopping', async () => {
    const found = await contractViolations(subject(() => ({ plan: () => Promise.reject(new Error('no plan today')) })));
    expect(found.length).toBeGreaterThan(5);
    expect(found[0]?.detail).toBe('it failed: no plan today');
  });

  it('that is never done', async () => {
    const found = await contractViolations(subject(() => ({ apply: async () => ({ done: false, againInMs: 0 }) })));
    expect(found.map((one) => one.detail)).toContain('it failed: still not done after being asked 50 times');
  });

  it('that is not there', async () => {
    await expect(contractViolations({ ...subject(() => ({})), action: 'take' })).rejects.toThrow(
      'the plugin has no action take; it has put',
    );
  });
});

describe('the contract lets pass', () => {
  it('a sound action', async () => {
    expect(await contractViolations(subject(() => ({})))).toEqual([]);
  });

  it('one that takes two questions until it is done', async () => {
    const slow: Break = ({ apply }) => {
      const begun = new Set<string>();
      return {
        apply: async (call, ...rest) => {
          if (begun.has(call.key)) return apply(call, ...rest);
          begun.add(call.key);
          await call.fence();
          call.signal.throwIfAborted();
          return { done: false, againInMs: 1 };
        },
      };
    };
    expect(await contractViolations(subject(slow))).toEqual([]);
  });

  it('one that can not be taken back and says so', async () => {
    const found = await contractViolations(
      subject(() => ({ reversible: false, revert: () => Promise.reject(new Error('no way back')) })),
    );
    expect(found).toEqual([]);
  });

  it('one whose plan can not be taken back and says so', async () => {
    const stuck: Break = ({ plan }) => ({
      plan: async (...all) => ({ ...(await plan(...all)), reversible: false }),
      revert: () => Promise.reject(new Error('no way back')),
    });
    expect(await contractViolations(subject(stuck))).toEqual([]);
  });

  it('one that can be done again however often, where the world says so', async () => {
    const again = subject(() => ({ check: async () => ({ needed: true }) }));
    const world = async (log: PluginLog) => ({ ...(await again.world(log)), alwaysNeeded: true });
    expect(await contractViolations({ ...again, world })).toEqual([]);
  });

  it('one that may be attempted only once and says so', async () => {
    const once: Break = ({ apply }, s) => ({
      idempotency: 'none',
      apply: async (...all) => (await all[0].fence(), s.put('top', 5, all[0].signal), apply(...all)),
    });
    expect(await contractViolations(subject(once))).toEqual([]);
  });
});
