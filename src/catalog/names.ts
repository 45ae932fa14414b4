import type { z } from 'zod';

/** What runbooks can name, as the plugin host knows it. */
export interface Names {
  readonly actions: ReadonlyMap<string, { readonly params: z.ZodType; readonly reversible: boolean }>;
  readonly probes: ReadonlyMap<string, { readonly params: z.ZodType }>;
  readonly notifiers: ReadonlySet<string>;
  /** Ids of plugins that are there but have no configuration: runbooks that need them rest. */
  readonly unconfigured?: ReadonlySet<string>;
}

/** Tells whether a name belongs to a plugin that is there but not configured, so that its parts are not known. */
export function isUnconfigured(name: string, names: Names): boolean {
  const [plugin = ''] = name.split('/');
  return names.unconfigured?.has(plugin) === true;
}
