import { answersOk } from './exchange.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { rigProgram } from './project.js';

/** Where the switch of the service is kept. */
export type SwitchPlace =
  | { readonly etcd: string; readonly key: string }
  | { readonly redis: number; readonly key: string }
  | { readonly file: string; readonly key: string };

/** The service with recommendations, as a process of its own. */
export interface RigFeatureService {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the service on a free port; it follows the switch from then on. */
export async function startFeatureService(place: SwitchPlace): Promise<RigFeatureService> {
  const folder = rigFolder('feature-service');
  const url = `http://127.0.0.1:${await freePort()}`;
  const options = { port: new URL(url).port, ...place };
  const running = await startProcess({
    name: 'feature-service',
    command: process.execPath,
    args: [
      rigProgram('feature-service.js'),
      ...Object.entries(options).flatMap(([name, is]) => [`--${name}`, `${is}`]),
    ],
    folder,
    ready: () => answersOk(`${url}/healthz`),
  });
  return {
    url,
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}
