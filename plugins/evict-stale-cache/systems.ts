import { z } from 'zod';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({})
  .refine((sections) => Object.values(sections).some((section) => section !== undefined), 'name at least one system');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  /** Connects to nothing yet. */
  constructor(_config: Config) {}

  /** Lets go of what was connected. */
  async close(): Promise<void> {}
}
