import { answersOk } from './exchange.js';
import { freePort, removeFolder, rigFolder, startProcess } from './processes.js';
import { rigProgram } from './project.js';

/** The least that could take webhooks in: what Firebreak is measured against. */
export interface BareServer {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts `bare.ts` as a process of its own. */
export async function startBare(redisUrl: string): Promise<BareServer> {
  const folder = rigFolder('bare');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name: 'bare',
    command: process.execPath,
    args: [rigProgram('bare.js'), String(port), redisUrl],
    folder,
    ready: () => answersOk(`${url}/-/ready`),
  });
  return {
    url,
    pid: running.pid,
    stop: async () => {
      await running.stop();
      removeFolder(folder);
    },
  };
}
