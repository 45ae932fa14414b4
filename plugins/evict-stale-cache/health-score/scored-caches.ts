import { Agent } from 'undici';
import { queryNow, type PrometheusClient } from '../../clients/instant-query.js';
import { queryRange, type Series } from '../../clients/range-query.js';
import { PluginError, type PluginLog } from '../../../src/plugin-sdk/index.js';
import type { HealthScoreConfig } from './config.js';
import { rangeUntil, windowsOf, type Windows } from './windows.js';

/** What was seen of a cache. */
export interface Seen {
  readonly windows: Windows;
  /** Up to which its p99 is as good as can be, in seconds. */
  readonly target: number;
}

/** The caches whose figures Prometheus has, by name. */
export class ScoredCaches {
  private readonly agent = new Agent();

  /** @param config which caches there are; when left out every question fails */
  constructor(private readonly config: HealthScoreConfig | undefined) {}

  /**
   * Gives the last six windows of a cache. Repeatable.
   *
   * @param signal breaks it off
   * @param log takes Prometheus' remarks
   * @throws PluginError when there is no cache of that name, or its figures can't be had
   */
  async look(name: string, signal: AbortSignal, log: PluginLog): Promise<Seen> {
    const { client, cache } = this.named(name);
    const range = rangeUntil(await timeAt(client, signal));
    const ask = async (query: string): Promise<readonly Series[]> => {
      const { series, warnings } = await queryRange(client, query, range, signal);
      if (warnings.length > 0) log.warn('Prometheus has remarks on a query', { query, warnings });
      return series;
    };
    const [hitRate, p99, fallback] = await Promise.all([ask(cache.hitRate), ask(cache.p99), ask(cache.fallback)]);
    return { windows: windowsOf(name, { hitRate, p99, fallback }, range), target: cache.target / 1_000 };
  }

  /** Breaks off whatever is under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private named(name: string) {
    const { config, agent } = this;
    const cache = config?.caches[name];
    if (config !== undefined && cache !== undefined) {
      const client: PrometheusClient = { agent, url: config.prometheus, token: config.token, timeout: config.timeout };
      return { client, cache };
    }
    const known = Object.keys(config?.caches ?? {}).join(', ') || 'none';
    throw new PluginError('unknown-cache', `no cache ${name} under healthScore; configured: ${known}`, false);
  }
}

/** Prometheus' own time in seconds: by ours, when it is off, we would look at how the cache was an hour ago. */
async function timeAt(client: PrometheusClient, signal: AbortSignal): Promise<number> {
  const { samples } = await queryNow(client, 'time()', signal);
  const [now] = samples;
  if (now !== undefined && Number.isFinite(now.value)) return now.value;
  throw new PluginError('not-understood', 'Prometheus does not say what time it is', false);
}
