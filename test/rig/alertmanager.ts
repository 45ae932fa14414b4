import { answersOk } from './exchange.js';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { deployFile, writeInto } from './project.js';

/** A real Alertmanager that notifies Firebreak. */
export interface RigAlertmanager {
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Alertmanager with `deploy/alertmanager/alertmanager.yml`, alone (no cluster).
 *
 * @param firebreak `host:port` of Firebreak
 * @param tokenFile what takes the place of the secret it authenticates with
 * @param replacements further texts of the configuration that stand for others
 */
export async function startAlertmanager(
  firebreak: string,
  tokenFile: string,
  replacements: Readonly<Record<string, string>> = {},
): Promise<RigAlertmanager> {
  const folder = rigFolder('alertmanager');
  const address = `127.0.0.1:${await freePort()}`;
  const config = deployFile('alertmanager/alertmanager.yml', {
    'firebreak:9700': firebreak,
    ...replacements,
    '/run/secrets/alert-token': tokenFile,
  });
  const process = await startProcess({
    name: 'alertmanager',
    command: installed('prometheus-alertmanager', 'alertmanager'),
    args: [
      `--config.file=${writeInto(folder, 'alertmanager.yml', config)}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    folder,
    ready: () => answersOk(`http://${address}/-/ready`),
  });
  return {
    address,
    url: `http://${address}`,
    process,
    stop: async () => {
      await process.stop();
      removeFolder(folder);
    },
  };
}
