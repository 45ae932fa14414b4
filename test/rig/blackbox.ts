import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { HERE, type Place } from './place.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { deployFile, writeInto } from './project.js';

/** A real blackbox exporter: a vantage point from which centres are looked at. */
export interface RigBlackbox {
  /** Where it is asked; below it `/probe?target=...&module=http_2xx`. */
  readonly url: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Prometheus' blackbox exporter with `deploy/blackbox/blackbox.yml`.
 *
 * @param place where it looks from, such as a network namespace
 */
export async function startBlackbox(place: Place = HERE): Promise<RigBlackbox> {
  const folder = rigFolder('blackbox');
  const address = `${place.host}:${await freePort()}`;
  const [command, ...through] = [...place.through, installed('prometheus-blackbox-exporter', 'blackbox_exporter')];
  const url = `http://${address}`;
  const process = await startProcess({
    name: 'blackbox',
    command: command ?? '',
    args: [
      ...through,
      `--config.file=${writeInto(folder, 'blackbox.yml', deployFile('blackbox/blackbox.yml', {}))}`,
      `--web.listen-address=${address}`,
    ],
    folder,
    ready: () => answersOk(`${url}/-/healthy`),
  });
  return {
    url,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
