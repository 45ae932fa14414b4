import { Agent } from 'undici';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { NginxSection } from './config.js';
import { NginxZone } from './zone.js';

/** The limits of one nginx, by name. */
export class NginxLimits {
  private readonly agent = new Agent();
  private readonly zones: ReadonlyMap<string, NginxZone>;

  /** Opens nothing yet. */
  constructor(section: NginxSection | undefined) {
    const limits = section === undefined ? [] : Object.entries(section.limits);
    this.zones = new Map(
      limits.flatMap(([name, limit]) =>
        section === undefined ? [] : [[name, new NginxZone(limit, section, this.agent)] as const],
      ),
    );
  }

  /**
   * Gives the limit of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): NginxZone {
    const found = this.zones.get(name);
    if (found !== undefined) return found;
    const known = [...this.zones.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no limit ${name}; configured names: ${known}`, false);
  }

  /** Lets go of connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}
