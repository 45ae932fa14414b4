import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import type { PluginLog } from '../../src/plugin-sdk/call.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import haproxyPlugin from '../../plugins/cut-over-center/index.js';
import { countWrites } from '../rig/counted-writes.js';
import { startHaproxy } from '../rig/haproxy.js';
import { startChild } from './plugin-child-kit.js';

const PARAMS = {
  backend: 'centers',
  servers: [
    { server: 'a', state: 'maint' },
    { server: 'b', state: 'ready', weight: 50 },
  ],
};

/** A shipped plugin in a child, against a real HAProxy. */
async function haproxyWorld(): Promise<ActionWorld> {
  const haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:2' });
  const [host = '', port] = haproxy.admin.split(':');
  const counted = await countWrites({ host, port: Number(port) }, /set server /g);
  const child = await startChild('cut-over-center', {
    shipped: 'cut-over-center',
    configuration: { 'cut-over-center': { endpoint: counted.endpoint } },
  });
  return {
    plugin: child.instance,
    params: PARAMS,
    nonsense: [null, {}, { ...PARAMS, backend: '../a' }, { ...PARAMS, servers: [] }, { ...PARAMS, endpoint: '/tmp/x' }],
    read: async () => {
      const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
      return rows.map((row) => row.split(' ').slice(3, 9));
    },
    reset: async () => {
      await haproxy.tell('set server centers/a state ready; set server centers/a weight 1');
      await haproxy.tell('set server centers/b state maint; set server centers/b weight 1');
    },
    effects: () => counted.writes(),
    close: async () => {
      await child.stop();
      counted.stop();
      await haproxy.stop();
    },
  };
}

describeActionContract('S16: cut-over-center/haproxy in a child', { action: 'haproxy', world: haproxyWorld });

/** A plugin of somebody else, against a file. */
async function ledgerWorld(log: PluginLog): Promise<ActionWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-ledger-'));
  const file = join(folder, 'book');
  const child = await startChild('ledger', {
    configuration: { ledger: { file } },
    permissions: { ledger: { write: [folder] } },
  });
  const lines = (): string[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  log.info('started');
  return {
    plugin: child.instance,
    params: { name: 'shop' },
    nonsense: [null, {}, { name: '' }, { name: 'shop', nam: 'x' }, { name: 7 }],
    read: async () => z.object({ is: z.string() }).parse(JSON.parse(lines().at(-1) ?? '{}')).is,
    reset: async () => writeFileSync(file, `${JSON.stringify({ name: 'shop', is: 'open' })}\n`),
    effects: () => lines().length,
    close: async () => {
      await child.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
const ledger = { action: 'enter', world: ledgerWorld };

describeActionContract('S16: an action of somebody else, in a child', ledger);

describe('the contract through a child finds', () => {
  it.each<[string, (sound: Action) => Partial<Action>, RegExp]>([
    [
      'a fence that is not handed on',
      (sound) => ({ apply: (call, params, before) => sound.apply({ ...call, fence: async () => {} }, params, before) }),
      /fence/,
    ],
    [
      'a signal that is not handed on',
      (sound) => ({
        apply: (call, params, before) => sound.apply({ ...call, signal: new AbortController().signal }, params, before),
      }),
      /signal/,
    ],
    [
      'a before that is lost on the way',
      (sound) => ({ revert: (call, params) => sound.revert(call, params, { was: null }) }),
      /revert/,
    ],
  ])(
    '%s',
    async (_, variant, clause) => {
      const found = await contractViolations(withVariant(ledger, variant));
      expect(found.map((one) => one.clause).join('; ')).toMatch(clause);
    },
    60_000,
  );
});

describe('calls through a child', () => {
  it('carry the alert, the log and a measurement for lifting', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firebreak-ledger-'));
    const file = join(folder, 'book');
    appendFileSync(file, '');
    const child = await startChild('ledger', {
      configuration: { ledger: { file } },
      permissions: { ledger: { write: [folder] } },
    });
    const said: string[] = [];
    const log: PluginLog = {
      info: (text, more) => void said.push(`${text} ${JSON.stringify(more ?? {})}`),
      warn: () => undefined,
    };
    const call = {
      key: 'k',
      epoch: 1,
      signal: new AbortController().signal,
      log,
      fence: async () => undefined,
      earlier: [],
    };
    const action = child.instance.provided.actions?.['enter'];
    await action?.apply(call, { name: 'a' }, { was: null });
    const lifting = { measure: async () => ({ status: 'unhealthy' as const, detail: 'not yet' }) };
    await action?.revert({ ...call, lifting }, { name: 'a' }, { was: null });
    expect(said).toEqual(['about to write {}', 'lifted {"status":"unhealthy"}']);
    await child.stop();
    rmSync(folder, { recursive: true });
  });

  it(
    'cost a fraction of a millisecond more than calls in the service (printed, in-process = 1)',
    { timeout: 60_000 },
    async () => {
      const haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:2' });
      const configuration = { endpoint: haproxy.admin };
      const child = await startChild('', {
        shipped: 'cut-over-center',
        configuration: { 'cut-over-center': configuration },
      });
      const log: PluginLog = { info: () => undefined, warn: () => undefined };
      const here = haproxyPlugin.instantiate(configuration, log);
      const signal = new AbortController().signal;
      const median = async (action: Action | undefined): Promise<number> => {
        const took: number[] = [];
        for (let i = 0; i < 400; i += 1) {
          const began = performance.now();
          await action?.check({ signal, log, earlier: [] }, PARAMS);
          took.push(performance.now() - began);
        }
        return took.toSorted((a, b) => a - b)[200] ?? Infinity;
      };
      const rounds: { here: number; there: number }[] = [];
      for (let round = 0; round < 3; round += 1)
        rounds.push({
          here: await median(here.provided.actions?.['haproxy']),
          there: await median(child.instance.provided.actions?.['haproxy']),
        });
      const best = (side: 'here' | 'there'): number => Math.min(...rounds.map((one) => one[side]));
      const [inService, inChild] = [best('here'), best('there')];
      console.log(
        `one check of HAProxy: ${inService.toFixed(3)} ms in the service, ${inChild.toFixed(3)} ms through a child: ratio ${(inChild / inService).toFixed(2)}, ${(inChild - inService).toFixed(3)} ms more`,
      );
      expect(inChild - inService).toBeLessThan(5);
      await child.stop();
      await here.close();
      await haproxy.stop();
    },
  );
});
