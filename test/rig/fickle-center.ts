import { createServer, type Server } from 'node:http';
import { freePort } from './processes.js';

/** How a centre behaves from now on. */
export type Mood = 'well' | 'failing' | 'hanging';

/** A small centre in this process, on an address of its own, that a test can make ill. */
export interface FickleCenter {
  readonly url: string;
  /** It answers 200, or 503, or takes requests and never answers. */
  become(mood: Mood): void;
  /** Connections are refused from now on. */
  close(): Promise<void>;
  /** Connections are taken again on the same address. */
  open(): Promise<void>;
}

/** Starts a centre that is well. */
export async function startFickleCenter(): Promise<FickleCenter> {
  let mood: Mood = 'well';
  const port = await freePort();
  let server: Server | undefined;
  const open = async (): Promise<void> => {
    const opened = createServer((_, response) => {
      if (mood !== 'hanging') response.writeHead(mood === 'well' ? 200 : 503).end(mood);
    });
    server = opened;
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
  };
  await open();
  return {
    url: `http://127.0.0.1:${port}`,
    become: (next) => (mood = next),
    open,
    close: async () => {
      const closing = server;
      server = undefined;
      closing?.closeAllConnections();
      if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
    },
  };
}
