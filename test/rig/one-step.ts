import type { Clock } from '../../src/core/clock.js';
import type { Execution } from '../../src/core/execution.js';
import { Effects } from '../../src/engine/effects.js';
import { Engine } from '../../src/engine/engine.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { Permit } from '../../src/engine/permit.js';
import type { LoadedPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { PluginInstance } from '../../src/plugin-sdk/plugin.js';
import { anExecution, someOrders } from '../../src/testing/examples.js';
import { waitFor } from './wait-for.js';

/** One step to run: of which plugin, and how long each call may take. */
export interface OneStep {
  readonly plugin: PluginInstance;
  readonly action: string;
  readonly params: Json;
  readonly timeoutMs: number;
  readonly attempts: number;
}

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Runs an execution of one step through the real engine, host and plugin in real time, with its record in memory, until it
 * has ended or waits for a person.
 *
 * @param step what to run
 * @param log takes what the plugin logs
 * @param withinMs after that long it has to have come to an end
 */
export async function runOneStep(step: OneStep, log: PluginLog, withinMs = 60_000): Promise<Execution> {
  const { plugin, action, params, timeoutMs, attempts } = step;
  const store = new MemoryExecutionStore(() => clock.now());
  const permit = new Permit('one-step', store, clock, () => undefined);
  await permit.refresh();
  permit.start();
  const host = new PluginHost(
    loaded(plugin),
    clock,
    () => undefined,
    () => log,
  );
  const nobody = { open: async () => ({ opened: false, detail: 'nobody comes next' }) as const };
  const timers = new Set<() => void>();
  const ring = async (id: string, at: number): Promise<void> => {
    timers.add(clock.after(Math.max(0, at - clock.now()), () => void engine.advance(id)));
  };
  const observer = { saved: () => undefined, warn: () => undefined };
  const engine: Engine = new Engine(store, new Effects(permit, host, clock, nobody), { ring }, clock, observer);
  const steps = [{ name: 'only', uses: `tried/${action}`, with: params, timeoutMs, attempts, backoffMs: 100 }];
  const execution = anExecution({ mode: 'auto', orders: someOrders({ steps }) }, clock.now());
  try {
    await store.open(execution, []);
    void engine.advance(execution.id);
    return await waitFor(
      'the end of the execution',
      async () => {
        const now = (await store.get(execution.id))?.execution;
        return now?.state.phase === 'closed' || now?.state.phase === 'held' ? now : undefined;
      },
      withinMs,
      20,
    );
  } finally {
    permit.stop();
    for (const stop of timers) stop();
  }
}

/** Says in one line how an execution ended, or for what it waits. */
export function endOf({ state }: Execution): string {
  if (state.phase === 'closed') return `${state.outcome}: ${state.detail}`;
  return state.phase === 'held' ? `held: ${state.cause}` : state.phase;
}

/** Runs one action of a plugin that is closed then, twice at most, and says how it ended; nothing of it is logged. */
export async function tried(plugin: PluginInstance, action: string, params: Json): Promise<string> {
  const log = { info: () => {}, warn: () => {} };
  try {
    return endOf(await runOneStep({ plugin, action, params, timeoutMs: 4_000, attempts: 2 }, log));
  } finally {
    await plugin.close();
  }
}

function loaded(plugin: PluginInstance): LoadedPlugins {
  const actions = Object.entries(plugin.provided.actions ?? {}).map(
    ([part, item]) => [`tried/${part}`, { plugin: 'tried', version: '1.0.0', part, item }] as const,
  );
  return {
    actions: new Map(actions),
    probes: new Map(),
    notifiers: new Map(),
    secrets: plugin.secrets,
    plugins: [],
    close: async () => {},
  };
}
