import type { z } from 'zod';

/** What runbooks can name, as the plugin host knows it. */
export interface Names {
  readonly actions: ReadonlyMap<string, { readonly params: z.ZodType; readonly reversible: boolean }>;
  readonly probes: ReadonlyMap<string, { readonly params: z.ZodType }>;
  readonly notifiers: ReadonlySet<string>;
}
