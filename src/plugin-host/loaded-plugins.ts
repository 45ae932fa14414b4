import { ZodError } from 'zod';
import type { Action, Notifier, Plugin, PluginInstance, Probe } from '../plugin-sdk/plugin.js';
import type { PluginLog } from '../plugin-sdk/call.js';
import type { Children } from './child/children.js';
import { messageOf } from '../core/message-of.js';

/** A part of a plugin under its full name. */
export interface Named<T> {
  readonly plugin: string;
  readonly version: string;
  readonly part: string;
  readonly item: T;
}

/** All plugins, with their configuration, by the names that runbooks use. */
export interface LoadedPlugins {
  readonly actions: ReadonlyMap<string, Named<Action>>;
  readonly probes: ReadonlyMap<string, Named<Probe>>;
  readonly notifiers: ReadonlyMap<string, Named<Notifier>>;
  readonly secrets: readonly string[];
  readonly plugins: readonly { readonly id: string; readonly version: string; readonly configured: boolean }[];
  /** Knows the plugins that run in processes of their own; absent when there are none. */
  readonly children?: Pick<Children, 'listen' | 'stateOf' | 'states'>;
  close(): Promise<void>;
}

/** What came of loading: the plugins, or every problem at once. */
export type PluginLoading =
  { readonly ok: true; readonly loaded: LoadedPlugins } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Gives each plugin its configuration. A plugin that needs settings and has none is left out, unless it was configured
 * wrongly: then that is a problem.
 *
 * @param plugins what was found
 * @param configuration by plugin id, from firebreak.yaml
 * @param logFor makes the log of one plugin
 */
export function loadPlugins(
  plugins: readonly Plugin[],
  configuration: { readonly [id: string]: unknown },
  logFor: (plugin: string) => PluginLog,
): PluginLoading {
  const problems: string[] = [];
  const known = new Set(plugins.map((plugin) => plugin.id));
  for (const id of Object.keys(configuration)) {
    if (!known.has(id))
      problems.push(`plugins.${id}: there is no such plugin; known are ${[...known].sort().join(', ')}`);
  }
  const running: { plugin: Plugin; instance: PluginInstance }[] = [];
  for (const plugin of plugins) {
    const given = configuration[plugin.id];
    try {
      running.push({ plugin, instance: plugin.instantiate(given ?? {}, logFor(plugin.id)) });
    } catch (error) {
      if (given !== undefined) problems.push(...problemsOf(plugin.id, error));
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, loaded: collect(plugins, running) };
}

function problemsOf(id: string, error: unknown): string[] {
  if (!(error instanceof ZodError)) return [`plugins.${id}: ${messageOf(error)}`];
  return error.issues.map((issue) => `plugins.${[id, ...issue.path].join('.')}: ${issue.message}`);
}

function collect(
  plugins: readonly Plugin[],
  running: readonly { plugin: Plugin; instance: PluginInstance }[],
): LoadedPlugins {
  const byName = <T>(
    pick: (instance: PluginInstance) => { readonly [name: string]: T } | undefined,
  ): Map<string, Named<T>> =>
    new Map(
      running.flatMap(({ plugin, instance }) =>
        Object.entries(pick(instance) ?? {}).map(([part, item]): [string, Named<T>] => [
          `${plugin.id}/${part}`,
          { plugin: plugin.id, version: plugin.version, part, item },
        ]),
      ),
    );
  const configured = new Set(running.map(({ plugin }) => plugin.id));
  return {
    actions: byName((instance) => instance.provided.actions),
    probes: byName((instance) => instance.provided.probes),
    notifiers: byName((instance) => instance.provided.notifiers),
    secrets: running.flatMap(({ instance }) => instance.secrets),
    plugins: plugins.map(({ id, version }) => ({ id, version, configured: configured.has(id) })),
    close: async () => {
      await Promise.allSettled(running.map(({ instance }) => instance.close()));
    },
  };
}
