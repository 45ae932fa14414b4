import { Agent } from 'undici';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { UnleashConfig } from './config.js';
import { UnleashServer } from './server.js';

/** The Unleash servers that may be reached, by name. */
export class UnleashServers {
  private readonly agent = new Agent();
  private readonly named: ReadonlyMap<string, UnleashServer>;

  /** Connects to nothing yet. */
  constructor(config: UnleashConfig | undefined) {
    const entries = Object.entries(config?.servers ?? {}).map(([name, one]): [string, UnleashServer] => {
      return [name, new UnleashServer(`Unleash ${name}`, one, this.agent, config?.timeout ?? 0)];
    });
    this.named = new Map(entries);
  }

  /**
   * Gives the server of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): UnleashServer {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no Unleash server ${name}; configured names: ${known}`, false);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
