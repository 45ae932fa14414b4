import 'reflect-metadata';
import { loadConfig } from '../../src/config.js';
import type { LoadedPlugins, Named } from '../../src/plugin-host/loaded-plugins.js';
import type { Action } from '../../src/plugin-sdk/index.js';
import { startService } from '../../src/start/service.js';

/**
 * The service with one difference: it kills itself (SIGKILL) at a chosen point of its first effect.
 * Usage: node dist/test/rig/dying-service.js before-apply|after-apply|before-revert|after-revert
 */
async function main([point = '']: readonly string[]): Promise<void> {
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const started = await startService(loaded.config, (parts) => ({ ...parts, plugins: mortal(parts.plugins, point) }));
  if (!started.ok) throw new Error(started.problems.join('; '));
}

function mortal(plugins: LoadedPlugins, point: string): LoadedPlugins {
  const actions = new Map(
    [...plugins.actions].map(([name, named]): [string, Named<Action>] => [
      name,
      { ...named, item: dying(named.item, point) },
    ]),
  );
  return { ...plugins, actions };
}

function dying(action: Action, point: string): Action {
  const dieAt = (here: string): void => {
    if (here === point) process.kill(process.pid, 'SIGKILL');
  };
  return {
    ...action,
    apply: async (call, params, before) => {
      dieAt('before-apply');
      const progress = await action.apply(call, params, before);
      dieAt('after-apply');
      return progress;
    },
    revert: async (call, params, before) => {
      dieAt('before-revert');
      const progress = await action.revert(call, params, before);
      dieAt('after-revert');
      return progress;
    },
  };
}

await main(process.argv.slice(2));
