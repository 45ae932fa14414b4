import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isMended } from '../../plugins/throttle/haproxy/deadlock.js';
import { startPlainHaproxy, type PlainHaproxy } from '../rig/plain-haproxy.js';
import { freePort } from '../rig/processes.js';
import { waitFor } from '../rig/wait-for.js';

// Why throttle/haproxy asks for HAProxy's version before it touches a frontend: held against the one that is installed.
let haproxy: PlainHaproxy;
let port: number;
const open: Socket[] = [];

beforeAll(async () => {
  port = await freePort();
  haproxy = await startPlainHaproxy(
    () => `
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 1s
frontend public
  option socket-stats
  bind 127.0.0.1:${port}
  maxconn 1
  http-request return status 200
`,
  );
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await haproxy?.stop();
});

it('a HAProxy bears that the limit of a full frontend is raised, exactly if its version is one that is trusted with it', async () => {
  const version = /^Version: (\S+)/m.exec(await haproxy.tell('show info'))?.[1] ?? '';
  for (let n = 0; n < 3; n += 1) open.push(connect(port, '127.0.0.1').on('error', () => {}));
  // not as soon as the one is in: its listener must have met the limit, with the next one waiting behind it
  const isFull = async () => (await haproxy.tell('show stat public 8 -1')).includes(',WAITING,');
  await waitFor('the frontend to be full', isFull, 30_000);
  // one that hangs is killed by its own watchdog: whichever of the two fails then
  const raised = await haproxy
    .tell('set maxconn frontend public 5')
    .then(() => haproxy.tell('show info'))
    .then(
      (said) => said.includes('Uptime'),
      () => false,
    );
  console.log(`HAProxy ${version} ${raised ? 'bears it' : 'hangs'}`);
  expect(raised).toBe(isMended(version));
});
