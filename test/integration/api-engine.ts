import type { Provider } from '@nestjs/common';
import { IDEMPOTENCY_KEYS } from '../../src/api/idempotency-keys.js';
import { MemoryIdempotencyKeys } from '../../src/api/memory-idempotency-keys.js';
import { Effects } from '../../src/engine/effects.js';
import { Engine } from '../../src/engine/engine.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { Permit } from '../../src/engine/permit.js';
import { CLOCK, PLUGINS, STORE, WAKEUPS } from '../../src/parts.js';
import { loadPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import type { FakeClock } from '../../src/testing/fake-clock.js';
import type { PretendTarget } from '../../src/testing/pretend-target.js';

const SILENT = { info: () => undefined, warn: () => undefined };

/** Gives the engine and what stands around it, with one pretend plugin and bells that ring when the test turns the clock. */
export function engineParts(clock: FakeClock, store: ExecutionStore, target: PretendTarget): Provider[] {
  const loading = loadPlugins([target.plugin()], {}, () => SILENT);
  if (!loading.ok) throw new Error(loading.problems.join('; '));
  const observeNothing = (): void => undefined;
  const host = new PluginHost(loading.loaded, clock, observeNothing, () => SILENT);
  const wakeups = {
    ring: async (id: string, at: number) => void clock.after(at - clock.now(), () => void engine.advance(id)),
  };
  const observer = { saved: observeNothing, warn: observeNothing };
  const permit = new Permit('w1', store, clock, observeNothing, () => clock.now());
  void permit.refresh();
  permit.start();
  const engine: Engine = new Engine(
    store,
    new Effects(permit, host, clock, { open: async () => ({ opened: false, detail: 'none' }) }),
    wakeups,
    clock,
    observer,
  );
  return [
    { provide: CLOCK, useValue: clock },
    { provide: STORE, useValue: store },
    { provide: PLUGINS, useValue: loading.loaded },
    { provide: WAKEUPS, useValue: wakeups },
    { provide: Engine, useValue: engine },
    { provide: PluginHost, useValue: host },
    { provide: IDEMPOTENCY_KEYS, useValue: new MemoryIdempotencyKeys(() => clock.now()) },
  ];
}
