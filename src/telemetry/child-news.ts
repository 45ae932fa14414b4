import type { ChildNews } from '../plugin-host/child/children.js';
import { pluginLog, type Log } from './logger.js';
import type { Metrics } from './metrics.js';

/**
 * Writes into the log and the metrics what becomes of plugins in processes of their own.
 *
 * @param log gets their output, each line with the id of the plugin
 * @param metrics counts their ends
 */
export function childNews(log: Log, metrics: Pick<Metrics, 'pluginRestarted'>): ChildNews {
  return {
    line: (plugin, text) => log.info({ plugin, printed: text }, 'a plugin printed'),
    log: (plugin) => pluginLog(log, { plugin }),
    up: (plugin) => log.info({ plugin }, 'the process of the plugin runs again'),
    down: (plugin, { why, detail }, againInMs) => {
      metrics.pluginRestarted(plugin, why);
      log.warn(
        { plugin, why, detail, againInMs },
        'the process of the plugin has ended; calls to it fail until it runs again',
      );
    },
  };
}
