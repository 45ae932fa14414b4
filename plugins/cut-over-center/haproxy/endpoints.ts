import { z } from 'zod';
import { HaproxyRuntime } from '../../clients/haproxy-runtime.js';
import { socketAddress } from '../../clients/socket-address.js';
import { timeoutSchema } from '../../clients/timeout.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';

const address = z
  .string()
  .refine(
    (text) => socketAddress(text) !== undefined,
    'write host:port, [ipv6]:port or the absolute path of a unix socket',
  );

/** The part of the plugin's configuration that names HAProxies. */
export const haproxyFields = {
  /** Used by steps that name no endpoint. */
  endpoint: address.optional(),
  /** Those that steps may name. */
  endpoints: z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), address).default({}),
  timeout: timeoutSchema('2s'),
};

const fields = z.strictObject(haproxyFields);

/** That part as parsed; `timeout` is in milliseconds. */
export type HaproxyConfig = z.infer<typeof fields>;

/** The HAProxies that may be reached, by name. */
export class Endpoints {
  private readonly named: ReadonlyMap<string, HaproxyRuntime>;
  private readonly preset: HaproxyRuntime | undefined;

  constructor(config: HaproxyConfig) {
    const runtime = (endpoint: string) => new HaproxyRuntime(endpoint, config.timeout);
    this.named = new Map(Object.entries(config.endpoints).map(([name, endpoint]) => [name, runtime(endpoint)]));
    this.preset = config.endpoint === undefined ? undefined : runtime(config.endpoint);
  }

  /**
   * Gives the HAProxy of that name, or the default one.
   *
   * @throws PluginError `unknown-endpoint` when the configuration has none of that name
   */
  get(name: string | undefined): HaproxyRuntime {
    const found = name === undefined ? this.preset : this.named.get(name);
    if (found !== undefined) return found;
    const known = [...this.named.keys()].join(', ') || 'none';
    throw new PluginError(
      'unknown-endpoint',
      `no endpoint ${name ?? 'is the default'}; configured names: ${known}`,
      false,
    );
  }
}
