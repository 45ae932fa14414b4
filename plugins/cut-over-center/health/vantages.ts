import { Agent } from 'undici';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import type { HealthConfig } from './config.js';
import { lookFromHere } from './look-from-here.js';
import { lookThroughBlackbox } from './look-through-blackbox.js';
import type { Saying } from './saying.js';

/** All who look at the centres: Firebreak itself, and the blackbox exporters of the configuration. */
export class Vantages {
  private readonly agent: Agent;

  /** @param config which centres there are, and who looks besides Firebreak itself; none when left out */
  constructor(private readonly config: HealthConfig | undefined) {
    // Each look has a connection of its own: a kept one says nothing of new ones, and breaks when the other side drops it.
    this.agent = new Agent({ pipelining: 0, connect: { timeout: config?.timeout ?? 0 } });
  }

  /**
   * Has everybody look at a centre at the same time.
   *
   * @param center one of those that are configured
   * @param signal breaks it off
   * @throws PluginError `unknown-center`, `aborted` or `answer-too-long`
   */
  async look(center: string, signal: AbortSignal): Promise<Saying[]> {
    const { centers = {}, vantages = {}, timeout = 0 } = this.config ?? {};
    const url = Object.hasOwn(centers, center) ? centers[center] : undefined;
    if (url === undefined) {
      const known = Object.keys(centers).join(', ') || 'none';
      throw new PluginError('unknown-center', `no centre ${center}; configured under health.centers: ${known}`, false);
    }
    return Promise.all([
      lookFromHere(this.agent, url, timeout, signal),
      ...Object.entries(vantages).map(([vantage, one]) =>
        lookThroughBlackbox(this.agent, { ...one, vantage }, url, timeout, signal),
      ),
    ]);
  }

  /** Breaks off whatever is under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}
