import { z } from 'zod';
import { HAPROXY_FILE } from './haproxy-map.js';
import { HaproxyRuntime } from './haproxy-runtime.js';
import { socketAddress } from './socket-address.js';
import { timeoutSchema } from './timeout.js';
import { PluginError } from '../../src/plugin-sdk/index.js';

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
  /** The maps that steps may name, each with the path of its file as HAProxy's configuration writes it. */
  maps: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
      z.string().regex(HAPROXY_FILE, 'write the absolute path as in haproxy.cfg, of letters, digits and _ . - /'),
    )
    .default({}),
};

const fields = z.strictObject(haproxyFields);

/** That part as parsed; `timeout` is in milliseconds. */
export type HaproxyConfig = z.infer<typeof fields>;

/** The part of it that says which HAProxy is meant. */
export type EndpointsConfig = Pick<HaproxyConfig, 'endpoint' | 'endpoints'>;

/** The field by which a step names a HAProxy; `hasEndpoint` says whether it may be left out. */
export function endpointField(config: EndpointsConfig) {
  return z.enum(Object.keys(config.endpoints)).optional();
}

/** For `refine`: a step names an endpoint, or there is a default one. */
export function hasEndpoint(
  config: EndpointsConfig,
): [(params: { readonly endpoint?: string | undefined }) => boolean, { path: string[]; message: string }] {
  const message = `the plugin has no default endpoint: name one of ${Object.keys(config.endpoints).join(', ')}`;
  return [({ endpoint }) => (endpoint ?? config.endpoint) !== undefined, { path: ['endpoint'], message }];
}

/** The HAProxies that may be reached, by name. */
export class Endpoints {
  private readonly named: ReadonlyMap<string, HaproxyRuntime>;
  private readonly preset: HaproxyRuntime | undefined;

  constructor(config: EndpointsConfig & Pick<HaproxyConfig, 'timeout'>) {
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
