import { spawn, spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { makeNetwork } from '../rig/make-network.js';
import { namespacesWork } from '../rig/namespaces.js';
import { FIREBREAK_SITE, type RigNetwork } from '../rig/network.js';
import { freePort, removeFolder, rigFolder, startProcess } from '../rig/processes.js';
import { rigProgram } from '../rig/project.js';
import { waitFor } from '../rig/wait-for.js';

const kinds: readonly RigNetwork['kind'][] = (await namespacesWork()) ? ['namespaces', 'proxies'] : ['proxies'];

/** A server that says everything back. */
const ECHO = `
  const [host, port] = process.argv.slice(1);
  require('node:net').createServer((s) => s.on('error', () => {}).pipe(s)).listen(Number(port), host);
`;

describe.each(kinds)('sites joined by %s', (kind) => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  async function echoIn(network: RigNetwork, site: string): Promise<number> {
    const { host, through } = network.place(site);
    const port = await freePort();
    const folder = rigFolder('echo');
    const [command, ...rest] = [...through, process.execPath];
    const echo = await startProcess({
      name: `echo-${site}`,
      command,
      args: [...rest, '-e', ECHO, host, String(port)],
      folder,
      ready: () => answers(`${host}:${port}`),
    });
    stops.push(async () => {
      await echo.kill();
      removeFolder(folder);
    });
    return port;
  }

  it('cuts all paths of a site in silence, also open connections, and heals them', async () => {
    const network = await makeNetwork(['a', 'b'], kind);
    stops.push(network.stop);
    const port = await echoIn(network, 'a');
    const address = await network.route(FIREBREAK_SITE, 'a', port);
    const open = await talk(address);
    expect(await open.says('before')).toBe(true);

    await network.cut('a');
    expect(await open.says('during')).toBe(false);
    expect(open.ended()).toBe(false);
    expect(await answers(address)).toBe(false);

    await network.heal('a');
    await waitFor('new connections to come through', () => answers(address), 30_000);
    open.close();
  });

  it('cuts one vantage point off and leaves the others', async () => {
    const network = await makeNetwork(['a', 'edge'], kind);
    stops.push(network.stop);
    const port = await echoIn(network, 'a');
    const fromHere = await network.route(FIREBREAK_SITE, 'a', port);
    const fromEdge = await network.route('edge', 'a', port);
    const edge = (): Promise<boolean> => answersFrom(network, 'edge', fromEdge);
    expect([await answers(fromHere), await edge()]).toEqual([true, true]);

    await network.cut('a', FIREBREAK_SITE);
    expect([await answers(fromHere), await edge()]).toEqual([false, true]);

    await network.heal('a');
    await waitFor('Firebreak to reach it again', () => answers(fromHere), 30_000);
  });
});

describe.runIf(kinds.includes('namespaces'))('network namespaces', () => {
  const names = (): string => `${list('netns', 'list')} ${list('-br', 'link')}`;

  it('are gone after the process that made them was killed with SIGKILL', async () => {
    const parent = spawn(process.execPath, [rigProgram('hold-network.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const namespace = await new Promise<string>((resolve, reject) => {
      createInterface(parent.stdout).once('line', resolve);
      parent.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    const [bridge = ''] = namespace.split('-');
    expect(names()).toContain(namespace);
    expect(names()).toContain(`${bridge}v0`);

    parent.kill('SIGKILL');

    await waitFor(
      'the networks to be gone',
      () => !new RegExp(String.raw`\b${bridge}(v\d|-|\b)`).test(names()),
      30_000,
      50,
    );
  });
});

function list(...args: readonly string[]): string {
  return spawnSync('ip', args, { encoding: 'utf8' }).stdout;
}

interface Talk {
  /** Tells whether what is sent comes back within 300 ms. */
  readonly says: (text: string) => Promise<boolean>;
  readonly ended: () => boolean;
  readonly close: () => void;
}

async function talk(address: string): Promise<Talk> {
  const [host = '', port] = address.split(':');
  let heard = '';
  let over = false;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const made: Socket = connect({ host, port: Number(port) }, () => resolve(made));
    made.once('error', reject);
    made.on('data', (chunk) => (heard += chunk.toString()));
    made.on('close', () => (over = true));
  });
  return {
    says: async (text) => {
      socket.write(text);
      return waitFor('the echo', () => heard.includes(text), 300).catch(() => false);
    },
    ended: () => over,
    close: () => socket.destroy(),
  };
}

async function answers(address: string): Promise<boolean> {
  const [host = '', port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 500 }, () => socket.write('x'));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

function answersFrom(network: RigNetwork, site: string, address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  const ask = `
    const s = require('node:net').connect({ host: '${host}', port: ${port}, timeout: 500 }, () => s.write('x'));
    s.once('data', () => process.exit(0));
    for (const e of ['timeout', 'error', 'close']) s.once(e, () => process.exit(1));
  `;
  const [command, ...rest] = [...network.place(site).through, process.execPath];
  const asking = spawn(command, [...rest, '-e', ask]);
  return new Promise((resolve) => asking.once('exit', (code) => resolve(code === 0)));
}
