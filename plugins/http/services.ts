import { PluginError } from '../../src/plugin-sdk/index.js';
import { Endpoint } from '../clients/templated/endpoint.js';
import type { Config, Operation, ProbeConfig } from './config.js';

/** The configured endpoints, operations and probes, by name. */
export class Services {
  private readonly endpoints: ReadonlyMap<string, Endpoint>;

  /** Connects to nothing yet. */
  constructor(private readonly config: Config) {
    this.endpoints = new Map(
      Object.entries(config.endpoints).map(([name, one]) => [name, new Endpoint(`http ${name}`, one)]),
    );
  }

  /**
   * Gives an operation with its endpoint.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  operation(name: string): { readonly operation: Operation; readonly endpoint: Endpoint } {
    const operation = this.config.operations[name];
    const endpoint = this.endpoints.get(operation?.endpoint ?? '');
    if (operation === undefined || endpoint === undefined) throw unknown('operation', name);
    return { operation, endpoint };
  }

  /**
   * Gives a probe with its endpoint.
   *
   * @throws PluginError `unknown-name` when the configuration has none of that name
   */
  probe(name: string): { readonly probe: ProbeConfig; readonly endpoint: Endpoint } {
    const probe = this.config.probes[name];
    const endpoint = this.endpoints.get(probe?.endpoint ?? '');
    if (probe === undefined || endpoint === undefined) throw unknown('probe', name);
    return { probe, endpoint };
  }

  /** Lets go of the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.endpoints.values()].map((endpoint) => endpoint.close()));
  }
}

function unknown(what: string, name: string): PluginError {
  return new PluginError('unknown-name', `the configuration of the plugin has no ${what} ${name}`, false);
}
