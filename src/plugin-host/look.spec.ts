import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, Measurement } from '../plugin-sdk/call.js';
import { definePlugin } from '../plugin-sdk/plugin.js';
import { PluginError } from '../plugin-sdk/plugin-error.js';
import { secret } from '../plugin-sdk/secret.js';
import { anExecution } from '../testing/examples.js';
import { FakeClock } from '../testing/fake-clock.js';
import { loadPlugins } from './loaded-plugins.js';
import { PluginHost } from './plugin-host.js';

const CANARY = 'canary-18d3';
const silent = { info: () => undefined, warn: () => undefined };
const ORDER = { probe: 'odd/probe', with: { n: 1 } };

function hostOf(measure: (call: Call<null, { n: number }>) => Promise<Measurement>) {
  const plugin = definePlugin({
    id: 'odd',
    sdk: 1,
    version: '1',
    config: z.strictObject({ token: secret() }),
    connect: async () => null,
    close: () => undefined,
    provide: ({ probe }) => ({
      probes: { probe: probe({ summary: 'What the test wants', params: z.strictObject({ n: z.int() }), measure }) },
    }),
  });
  const loading = loadPlugins([plugin], { odd: { token: CANARY } }, () => silent);
  if (!loading.ok) throw new Error(loading.problems.join('; '));
  const clock = new FakeClock();
  const lines: string[] = [];
  const logFor = (fields: object) => ({
    info: (message: string, more = {}) => void lines.push(JSON.stringify({ ...fields, message, ...more })),
    warn: () => undefined,
  });
  return { clock, lines, host: new PluginHost(loading.loaded, clock, () => undefined, logFor) };
}

describe('a look that is taken for no execution', () => {
  it('gives the answer with its numbers and its time, and carries no alert', async () => {
    const { host, clock, lines } = hostOf(async ({ alert, params, log }) => {
      log.info('asked', { hasAlert: alert !== undefined });
      return { status: 'healthy', value: 1, values: { health: params.n }, detail: `with ${CANARY}` };
    });
    expect(await host.look(ORDER, 1_000)).toEqual({
      at: clock.now(),
      status: 'healthy',
      value: 1,
      values: { health: 1 },
      detail: 'with ***',
    });
    expect(lines).toEqual([
      JSON.stringify({ plugin: 'odd', part: 'probe', verb: 'measure', message: 'asked', hasAlert: false }),
    ]);
  });

  it('has the numbers that a sample of an execution leaves out of the journal', async () => {
    const { host } = hostOf(async () => ({ status: 'healthy', value: 1, values: { health: 1 }, detail: 'well' }));
    expect(await host.measure(anExecution(), ORDER)).not.toHaveProperty('values');
    expect(await host.look(ORDER, 1_000)).toHaveProperty('values');
  });

  it.each([
    ['refuses', () => Promise.reject(new PluginError('no', `no, ${CANARY}`)), 'no, ***'],
    [
      'throws before it awaits anything',
      () => {
        throw new Error(CANARY);
      },
      '***',
    ],
  ])('never throws: a probe that %s is an error without its secrets', async (_, measure, words) => {
    const { host } = hostOf(measure);
    expect(await host.look(ORDER, 1_000)).toMatchObject({
      status: 'error',
      detail: `odd/probe could not be asked: ${words}`,
    });
  });

  it('never throws: a probe that is not there, or parameters that are wrong, are errors', async () => {
    const { host } = hostOf(async () => ({ status: 'healthy', detail: '' }));
    expect(await host.look({ probe: 'odd/other', with: {} }, 1_000)).toMatchObject({ status: 'error' });
    expect(await host.look({ probe: 'odd/probe', with: { n: 'x' } }, 1_000)).toMatchObject({ status: 'error' });
  });

  it('is given up at its time-out, and not asked again while three questions hang', async () => {
    let questions = 0;
    const { host, clock } = hostOf(() => {
      questions++;
      return new Promise(() => undefined);
    });
    for (let i = 1; i <= 5; i++) {
      const looking = host.look(ORDER, 300);
      await clock.pass(300);
      expect(await looking).toMatchObject({ status: 'error' });
    }
    expect(questions).toBe(3);
    expect((await host.look(ORDER, 300)).detail).toBe('3 earlier questions to odd/probe have not come back');
    const other = host.look({ ...ORDER, with: { n: 2 } }, 300); // another question is another matter
    await clock.pass(300);
    await other;
    expect(questions).toBe(4);
  });
});
