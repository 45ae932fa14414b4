import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { installed } from './installed.js';
import { freePort, removeFolder, rigFolder, startProcess, type RunningProcess } from './processes.js';
import { writeInto } from './project.js';

/** A real Varnish in front of a small origin. */
export interface RigVarnish {
  /** `host:port` of the management port. */
  readonly admin: string;
  readonly secret: string;
  /** Where pages are asked for, on 127.0.0.1. */
  readonly port: number;
  readonly process: RunningProcess;
  /** Asks for a page and says whether it came from the cache. */
  readonly get: (path: string, host?: string) => Promise<'hit' | 'miss'>;
  /** How many pages the origin has given. */
  readonly fetched: () => number;
  /** Sends one command to the management port and gives the text of its answer. */
  readonly tell: (command: string) => Promise<string>;
  /** The bans that there are, the newest first, each with its time. */
  readonly bans: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Varnish. Pages that are asked for with `?tag=a,b` get the header `x-tag: a,b`.
 *
 * @param secret what its secret file holds
 * @param further VCL beside the origin's
 */
export async function startVarnish(secret: string, further = ''): Promise<RigVarnish> {
  const folder = rigFolder('varnish');
  let fetched = 0;
  const origin = createServer((asked, response) => {
    fetched += 1;
    const tag = new URL(asked.url ?? '/', 'http://origin').searchParams.get('tag') ?? '';
    response.setHeader('cache-control', 'max-age=3600').setHeader('x-tag', tag).end('a page');
  });
  const [originPort, port, adminPort] = [await freePort(), await freePort(), await freePort()];
  await new Promise<void>((resolve) => origin.listen(originPort, '127.0.0.1', resolve));
  const vcl = `vcl 4.1;\nbackend origin { .host = "127.0.0.1"; .port = "${originPort}"; }\n${further}`;
  const tell = (command: string) => dialog(adminPort, secret, command);
  const process = await startProcess({
    name: 'varnishd',
    command: installed('varnishd'),
    args: [
      // As whoever runs the test: others can't read its folder.
      '-j none -F',
      `-n ${folder}/work -a 127.0.0.1:${port} -T 127.0.0.1:${adminPort}`,
      `-S ${writeInto(folder, 'secret', secret)} -f ${writeInto(folder, 'origin.vcl', vcl)} -s malloc,16m`,
      // Bans stay in their list, so that a test can count them.
      '-p ban_lurker_sleep=0',
    ].flatMap((line) => line.split(' ')),
    folder,
    readyWithinMs: 60_000,
    ready: async () => (await tell('status')).includes('running'),
  });
  const get = (path: string, host = 'www.test') =>
    new Promise<'hit' | 'miss'>((resolve, reject) => {
      request({ port, path, headers: { host }, agent: false }, (response) => {
        response.resume();
        // One number for what was asked now, and one more for when the object was fetched.
        response.on('end', () => resolve(String(response.headers['x-varnish']).includes(' ') ? 'hit' : 'miss'));
      })
        .on('error', reject)
        .end();
    });
  return {
    admin: `127.0.0.1:${adminPort}`,
    secret,
    port,
    process,
    get,
    fetched: () => fetched,
    tell,
    bans: async () => (await tell('ban.list')).split('\n').slice(1),
    stop: async () => {
      await process.stop();
      origin.closeAllConnections();
      origin.close();
      removeFolder(folder);
    },
  };
}

/** As varnishadm does it, with nothing of Firebreak's own client. */
function dialog(port: number, secret: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const length = Number(/^\d{3} (\d+)/.exec(text)?.[1]);
      if (!(text.length >= 13 + length + 1)) return;
      answers.push(text.slice(13, 13 + length));
      text = '';
      const challenge = answers[0]?.slice(0, 32) ?? '';
      const proof = createHash('sha256').update(`${challenge}\n${secret}${challenge}\n`).digest('hex');
      if (answers.length === 1) socket.write(`auth ${proof}\n`);
      else if (answers.length === 2) socket.write(`${command}\n`);
      else socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => (answers.length === 3 ? resolve((answers[2] ?? '').trim()) : reject(new Error(text))));
  });
}
