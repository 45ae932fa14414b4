import 'reflect-metadata';
import { loadConfig } from '../../src/config.js';
import type { Outbox } from '../../src/engine/outbox.js';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import type { LoadedPlugins } from '../../src/plugin-host/loaded-plugins.js';
import { startService } from '../../src/start/service.js';
import { withMethods } from '../../src/testing/with-methods.js';

/** Where it dies: when an event is saved and no letter is put yet, with the letter in hand, or when it was taken and not ticked off. */
const POINTS = ['before-put', 'before-send', 'after-send'] as const;
type Point = (typeof POINTS)[number];

/**
 * The service with one difference: it kills itself (SIGKILL) on the way of its first message. With `careless` it is wrong
 * besides: it ticks letters off before it sends them, and settles facts before it puts letters, as a checker must notice.
 * Usage: node dist/test/rig/dying-courier.js before-put|before-send|after-send [careless]
 */
async function main([point, careless]: readonly string[]): Promise<void> {
  const here = POINTS.find((one) => one === point);
  if (here === undefined) throw new Error(`no such point: ${point}`);
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const started = await startService(loaded.config, (parts) => ({
    ...parts,
    store: mortalOutbox(parts.store, here, careless === 'careless'),
    plugins: mortalNotifiers(parts.plugins, here),
  }));
  if (!started.ok) throw new Error(started.problems.join('; '));
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function mortalOutbox(store: ExecutionStore, point: Point, careless: boolean): ExecutionStore {
  const { outbox } = store;
  const put: Outbox['put'] = async (mailings, from) => {
    if (careless) await outbox.put([], from);
    if (point === 'before-put' && mailings.some(({ letters }) => letters.length > 0)) die();
    return outbox.put(mailings, from);
  };
  const claim: Outbox['claim'] = async (notifier, leaseMs) => {
    const claimed = await outbox.claim(notifier, leaseMs);
    if (careless && claimed !== undefined) await outbox.finish(claimed, { result: 'delivered' });
    return claimed;
  };
  return withMethods(store, { outbox: withMethods(outbox, { put, claim }) });
}

function mortalNotifiers(plugins: LoadedPlugins, point: Point): LoadedPlugins {
  const notifiers = new Map(
    [...plugins.notifiers].map(([name, named]) => {
      const send: typeof named.item.send = async (call, message) => {
        if (point === 'before-send') die();
        await named.item.send(call, message);
        if (point === 'after-send') die();
      };
      return [name, { ...named, item: { ...named.item, send } }] as const;
    }),
  );
  return { ...plugins, notifiers };
}

await main(process.argv.slice(2));
