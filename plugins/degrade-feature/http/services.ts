import { PluginError } from '../../../src/plugin-sdk/index.js';
import { Endpoint } from '../../clients/templated/endpoint.js';
import type { HttpConfig, ServiceConfig } from './config.js';

/** A feature service, and how it is talked to. */
export interface FeatureService {
  readonly endpoint: Endpoint;
  readonly config: ServiceConfig;
}

/** The feature services that may be reached, by name. */
export class FeatureServices {
  private readonly named: ReadonlyMap<string, FeatureService>;

  /** Connects to nothing yet. */
  constructor(config: HttpConfig | undefined) {
    const entries = Object.entries(config?.services ?? {});
    this.named = new Map(
      entries.map(([name, one]) => [name, { endpoint: new Endpoint(`feature service ${name}`, one), config: one }]),
    );
  }

  /**
   * Gives the service of that name.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  get(name: string): FeatureService {
    const found = this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError('unknown-name', `no feature service ${name}; configured names: ${known}`, false);
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.named.values()].map(({ endpoint }) => endpoint.close()));
  }
}
