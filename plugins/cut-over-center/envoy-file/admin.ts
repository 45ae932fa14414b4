import { Agent } from 'undici';
import { z } from 'zod';
import { exchange } from '../../clients/http.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { assignmentSchema, routesSchema, type Resource } from './discovery.js';
import { nameOf, weightsIn } from './weights.js';

const failed = z.object({ details: z.string() }).optional();
const any = z.unknown().optional();
const entry = z.object({ endpoint_config: any, route_config: any, error_state: failed });
const entries = z.array(entry).default([]);
const dump = z.object({
  configs: z.array(
    z.object({
      static_endpoint_configs: entries,
      dynamic_endpoint_configs: entries,
      dynamic_route_configs: entries,
    }),
  ),
});

/** What Envoy goes by: the weights of a resource, and why it refused what it was given last. */
export interface InForce {
  readonly weights: ReadonlyMap<string, number>;
  readonly refused?: string | undefined;
}

/** Envoy's admin interface. */
export class EnvoyAdmin {
  private readonly agent = new Agent();

  /**
   * @param url of the interface
   * @param timeoutMs for each question, in milliseconds
   */
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  /** Asks what Envoy goes by for a resource; undefined when it knows none of that name. Throws PluginError. */
  async inForce(resource: string, signal: AbortSignal): Promise<InForce | undefined> {
    const url = new URL('/config_dump', this.url);
    url.searchParams.set('include_eds', '');
    url.searchParams.set('name_regex', `^${resource.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`)}$`);
    const asked = { name: 'Envoy', method: 'GET' as const, url: url.href, headers: {}, timeoutMs: this.timeoutMs };
    const { status, text } = await exchange(this.agent, asked, signal);
    const parsed = status === 200 ? dump.safeParse(jsonOf(text)) : undefined;
    if (parsed?.success !== true)
      throw new PluginError(
        'not-understood',
        `Envoy's admin interface answered ${status} and no dump of its configuration`,
        false,
      );
    for (const config of parsed.data.configs) {
      const all = [
        ...config.static_endpoint_configs,
        ...config.dynamic_endpoint_configs,
        ...config.dynamic_route_configs,
      ];
      for (const one of all) {
        const found = resourceOf(one);
        if (found !== undefined && nameOf(found) === resource) return inForce(found, one.error_state?.details);
      }
    }
    return undefined;
  }

  /** Lets go of its connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function resourceOf(one: z.infer<typeof entry>): Resource | undefined {
  const parsed = z.union([assignmentSchema, routesSchema]).safeParse(one.endpoint_config ?? one.route_config);
  return parsed.success ? parsed.data : undefined;
}

function inForce(resource: Resource, refused: string | undefined): InForce {
  return { weights: new Map(weightsIn(resource).map(({ name, weight }) => [name, weight])), refused };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
