import { z } from 'zod';
import { nftablesFields } from './nftables/config.js';
import { Firewalls } from './nftables/firewalls.js';

/** Configuration of the plugin: which systems may be reached at all, one section for each kind. */
export const configSchema = z
  .strictObject({ ...nftablesFields })
  .refine((sections) => Object.values(sections).some((section) => section !== undefined), 'name at least one system');

/** The plugin's configuration as parsed. */
export type Config = z.infer<typeof configSchema>;

/** What the actions and probes reach: the clients of each kind of system. */
export class Systems {
  readonly nftables: Firewalls;

  /** Starts nothing yet: each change is a program of its own. */
  constructor(config: Config) {
    this.nftables = new Firewalls(config.nftables);
  }
}
