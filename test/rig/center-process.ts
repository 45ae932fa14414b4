import { answersOk } from './exchange.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { rigProgram } from './project.js';

/** A centre that can be killed, frozen and brought back on the same address. */
export interface RigCenter {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
  /** Where its fault switch is: `host:port`. */
  readonly faults: string;
  /** SIGKILL: connections are refused from now on. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: connections are taken, but nobody answers. */
  readonly hang: () => void;
  /** Starts it again on its address, whatever state it is in. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a centre as a process of its own. */
export async function startCenter(name: string): Promise<RigCenter> {
  const folder = rigFolder(`center-${name}`);
  const [port, faults] = [await freePort(), await freePort()];
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: `center-${name}`,
      command: process.execPath,
      args: [rigProgram('center.js'), '--name', name, '--port', String(port), '--faults', String(faults)],
      folder,
      ready: () => answersOk(`http://127.0.0.1:${port}/healthz`),
    });
  let running = await start();
  return {
    name,
    address: `127.0.0.1:${port}`,
    faults: `127.0.0.1:${faults}`,
    kill: () => running.kill(),
    hang: () => running.signal('SIGSTOP'),
    restart: async () => {
      await running.kill();
      running = await start();
    },
    stop: async () => {
      await running.kill();
      removeFolder(folder);
    },
  };
}
