import { Agent } from 'undici';
import { z } from 'zod';
import { exchange } from '../../clients/http.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { Params } from './params.js';

const count = z.union([z.int(), z.string().regex(/^\d{1,10}$/)]).transform(Number);
const clusters = z.object({
  cluster_statuses: z.array(
    z.object({
      name: z.string(),
      circuit_breakers: z
        .object({
          thresholds: z
            .array(
              z.object({
                priority: z.union([z.string(), z.int()]).default('DEFAULT'),
                max_connections: count.optional(),
                max_pending_requests: count.optional(),
                max_requests: count.optional(),
              }),
            )
            .default([]),
        })
        .prefault({}),
    }),
  ),
});
const runtime = z.object({ entries: z.record(z.string(), z.object({ final_value: z.string() })) });

/** Envoy's admin interface, as far as it says limits. */
export class LimitAdmin {
  private readonly agent = new Agent();

  /**
   * @param url of the interface
   * @param timeoutMs for each question, in milliseconds
   */
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  /** Asks what Envoy goes by; undefined when it knows no such limit. Throws PluginError. */
  async inForce(of: Params['of'], signal: AbortSignal): Promise<number | undefined> {
    if ('layer' in of) {
      const entry = (await this.ask('/runtime', runtime, signal)).entries[of.key];
      return entry !== undefined && /^\d{1,10}$/.test(entry.final_value) ? Number(entry.final_value) : undefined;
    }
    const { cluster_statuses: all } = await this.ask('/clusters?format=json', clusters, signal);
    const thresholds = all.find(({ name }) => name === of.cluster)?.circuit_breakers.thresholds;
    return thresholds?.find(({ priority }) => priority === 'DEFAULT' || priority === 0)?.[of.threshold];
  }

  /** Lets go of its connections. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const url = new URL(path, this.url).href;
    const asked = { name: 'Envoy', method: 'GET', url, headers: {}, timeoutMs: this.timeoutMs } as const;
    const { status, text } = await exchange(this.agent, asked, signal);
    const parsed = status === 200 ? schema.safeParse(jsonOf(text)) : undefined;
    if (parsed?.success === true) return parsed.data;
    const detail = `Envoy's admin interface answered ${status} to ${path}, and not with its limits`;
    throw new PluginError('not-understood', detail, false);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
