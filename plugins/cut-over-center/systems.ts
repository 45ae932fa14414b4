import { z } from 'zod';
import { Endpoints, haproxyFields } from './haproxy/endpoints.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({ ...haproxyFields })
  .refine(({ timeout: _aside, endpoint, endpoints, ...sections }) => {
    const named = endpoint !== undefined || Object.keys(endpoints).length > 0;
    return named || Object.values(sections).some((section) => section !== undefined);
  }, 'name at least one system: endpoint or endpoints for HAProxy, or the section of another kind');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly haproxy: Endpoints;

  /** Connects to nothing yet. */
  constructor(config: Config) {
    this.haproxy = new Endpoints(config);
  }

  /** Lets go of what was connected. */
  async close(): Promise<void> {
    // HAProxy: each command has a connection of its own
  }
}
