import 'reflect-metadata';
import { loadConfig } from '../../src/config.js';
import type { LoadedPlugins, Named } from '../../src/plugin-host/loaded-plugins.js';
import type { Action } from '../../src/plugin-sdk/index.js';
import { startService } from '../../src/start/service.js';

/**
 * The service with one difference: it kills itself (SIGKILL) at a chosen point of its first effect, or of its n-th in that
 * direction. Usage: node dist/test/rig/dying-service.js before-apply|after-apply|before-revert|after-revert [n]
 */
async function main([point = '', nth = '1']: readonly string[]): Promise<void> {
  const loaded = loadConfig(process.env, process.cwd());
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const started = await startService(loaded.config, (parts) => ({
    ...parts,
    plugins: mortal(parts.plugins, deathAt(point, Number(nth))),
  }));
  if (!started.ok) throw new Error(started.problems.join('; '));
}

/** Is told of every point that is passed, and with which key. */
type Passing = (here: string, key: string) => void;

/** All attempts at one effect have the same key. */
function deathAt(point: string, nth: number): Passing {
  const keys = new Set<string>();
  return (here, key) => {
    if (here !== point) return;
    keys.add(key);
    if (keys.size === nth) process.kill(process.pid, 'SIGKILL');
  };
}

function mortal(plugins: LoadedPlugins, passing: Passing): LoadedPlugins {
  const actions = new Map(
    [...plugins.actions].map(([name, named]): [string, Named<Action>] => [
      name,
      { ...named, item: dying(named.item, passing) },
    ]),
  );
  return { ...plugins, actions };
}

function dying(action: Action, passing: Passing): Action {
  return {
    ...action,
    apply: async (call, params, before) => {
      passing('before-apply', call.key);
      const progress = await action.apply(call, params, before);
      passing('after-apply', call.key);
      return progress;
    },
    revert: async (call, params, before) => {
      passing('before-revert', call.key);
      const progress = await action.revert(call, params, before);
      passing('after-revert', call.key);
      return progress;
    },
  };
}

await main(process.argv.slice(2));
