import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './processes.js';

/** A centre inside the test's own process, which answers as it is told. */
export interface SmallCenter {
  /** `host:port`. */
  readonly address: string;
  /** Says how it answers from now on. */
  readonly answer: (how: CenterAnswer) => void;
  /** How many requests it has been asked so far. */
  readonly asked: () => number;
  /** Goes away at once, with all that is under way. */
  readonly stop: () => void;
}

/** Status, and how long the second half of the body takes, in milliseconds; `Infinity` never comes to its end. */
export interface CenterAnswer {
  readonly status: number;
  readonly takesMs: number;
}

/**
 * Starts a small centre; its answers carry its name in `x-center`.
 *
 * @param statusOf what requests are answered that come with a header `x-env`, when that differs
 */
export async function startSmallCenter(name: string, how: CenterAnswer, statusOf?: number): Promise<SmallCenter> {
  let now = how;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const { status, takesMs } = now;
    const coloured = request.headers['x-env'] !== undefined;
    response.writeHead(coloured ? (statusOf ?? status) : status, { 'x-center': name });
    response.write('the first half, ');
    if (takesMs !== Infinity) void pause(takesMs).then(() => response.end('and the second'));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    answer: (next) => (now = next),
    asked: () => asked,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
