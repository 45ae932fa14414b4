import { Agent } from 'undici';
import { queryNow, type Sample } from '../../clients/instant-query.js';
import { PluginError, type PluginLog } from '../../../src/plugin-sdk/index.js';
import type { ReadinessConfig } from './config.js';

/** Gives the series of a PromQL expression as they are now; throws a PluginError when nobody can say. */
export type Ask = (query: string) => Promise<readonly Sample[]>;

/** Where the figures of the centres are. */
export class Figures {
  private readonly agent = new Agent();

  /** @param config where to ask; when left out every question fails */
  constructor(private readonly config: ReadinessConfig | undefined) {}

  /**
   * Makes what one measurement asks with.
   *
   * @param signal breaks off what is asked
   * @param log takes Prometheus' remarks
   */
  during(signal: AbortSignal, log: PluginLog): Ask {
    const { config, agent } = this;
    return async (query) => {
      if (config === undefined)
        throw new PluginError('not-configured', 'readiness.prometheus is not configured', false);
      const { prometheus: url, token, timeout } = config;
      const { samples, warnings } = await queryNow({ agent, url, token, timeout }, query, signal);
      if (warnings.length > 0) log.warn('Prometheus has remarks on a query', { query, warnings });
      return samples;
    };
  }

  /** Breaks off whatever is under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}
