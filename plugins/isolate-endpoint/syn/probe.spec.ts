import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { plainCall } from '../../../test/rig/plain-call.js';
import { freePort } from '../../../test/rig/processes.js';
import plugin from '../index.js';
import { judge } from './probe.js';
import { synAnswer, type SynAnswer } from './syn-answer.js';

const never = new AbortController().signal;
const acknowledged: SynAnswer = { kind: 'acknowledged' };
const silent: SynAnswer = { kind: 'silent' };
const refused: SynAnswer = { kind: 'refused', code: 'ECONNREFUSED' };
const notAsked: SynAnswer = { kind: 'not-asked', code: 'EMFILE' };

describe('D8: three SYNs', () => {
  it.each([
    ['all acknowledged', [acknowledged, acknowledged, acknowledged], 'healthy', '3 of 3 SYNs acknowledged'],
    ['one acknowledged', [silent, refused, acknowledged], 'healthy', '1 of 3 SYNs acknowledged (ECONNREFUSED)'],
    ['none acknowledged', [silent, silent, silent], 'unhealthy', '0 of 3 SYNs acknowledged'],
    ['all refused', [refused, refused, refused], 'unhealthy', '0 of 3 SYNs acknowledged (ECONNREFUSED)'],
    [
      'one never sent',
      [silent, silent, notAsked],
      'unknown',
      '0 of 3 SYNs acknowledged (EMFILE): this machine could not ask',
    ],
  ])('%s: %s', (_, answers, status, detail) => {
    expect(judge(answers, 'it', 200)).toMatchObject({ status, detail: `it: ${detail}` });
  });
});

describe('the port', () => {
  const addresses = ['10.9.0.1', '10.9.0.2'];
  const sets = { ipv4: 'isolated4', ipv6: 'isolated6' };
  const nftables = {
    firewalls: { edge: { table: 'firebreak', sets } },
    pools: { shop: { addresses }, shop6: { addresses: ['fd00::1', 'fd00::80'] } },
  };
  const { params } = plugin.instantiate({ nftables }, plainCall().log).provided.probes!['syn']!;

  it.each([
    { endpoint: '10.9.0.1', port: 80 },
    { endpoint: '10.9.0.1', port: '80' },
    { endpoint: '10.9.0.1:80' },
    { endpoint: '[fd00::1]:80', expect: 'down' },
  ])('is given in %j', (given) => expect(params.safeParse(given)).toMatchObject({ success: true }));

  it.each([
    { endpoint: '10.9.0.1' },
    { endpoint: '[fd00::80]' },
    { endpoint: 'fd00::80' },
    { endpoint: '10.9.0.1', port: 0 },
    { endpoint: '10.9.0.1', port: '65536' },
    { endpoint: '10.9.0.1', port: '80; x' },
    { endpoint: '10.9.0.3', port: 80 },
    { endpoint: '10.9.0.1:99999' },
  ])('or the endpoint is wrong in %j', (given) => expect(params.safeParse(given)).toMatchObject({ success: false }));
});

describe('a SYN', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('is acknowledged by whoever listens, and the connection is over at once', async () => {
    const port = await freePort();
    const closed = new Promise<void>((resolve) => {
      server = createServer((socket) => socket.on('error', () => {}).on('close', () => resolve()));
    });
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    expect(await synAnswer({ host: '127.0.0.1', port }, 500, never)).toEqual(acknowledged);
    await closed;
  });

  it('is refused where nobody listens', async () => {
    expect(await synAnswer({ host: '127.0.0.1', port: await freePort() }, 500, never)).toEqual(refused);
  });

  it('that can never be sent is said to be so', async () => {
    // Nobody may connect to everybody.
    const answer = await synAnswer({ host: '255.255.255.255', port: 80 }, 500, never);
    expect(answer).toMatchObject({ kind: 'not-asked' });
  });

  it('is not waited for when the call is broken off', async () => {
    const { signal } = plainCall({ signal: AbortSignal.abort() });
    await expect(synAnswer({ host: '127.0.0.1', port: 1 }, 500, signal)).rejects.toMatchObject({ code: 'aborted' });
  });
});
