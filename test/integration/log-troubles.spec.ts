import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { startService, type RigService } from '../rig/service.js';
import { startTcpProxy, type TcpProxy } from '../rig/tcp-proxy.js';
import { waitFor } from '../rig/wait-for.js';

/** Loaded into the service: at one signal Node has something to say, at the other nobody waits for a promise that is rejected. */
const MISTAKES = `process.on('SIGHUP', () => process.emitWarning('this is old', 'DeprecationWarning'));
process.on('SIGUSR2', () => void Promise.reject(new Error('nobody waits')));`;

const lineOf = z.looseObject({
  level: z.string(),
  message: z.string(),
  source_id: z.literal('edge-7'),
  error: z.string().optional(),
});

let redis: RigRedis;
let proxy: TcpProxy;
let service: RigService;

beforeAll(async () => {
  redis = await startRedis();
  proxy = await startTcpProxy({ host: '127.0.0.1', port: redis.port });
  service = await startService({
    runbooks: {},
    env: {
      FIREBREAK_REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      FIREBREAK_SOURCE_ID: 'edge-7',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MISTAKES)}`,
    },
  });
}, 90_000);

afterAll(async () => {
  await service?.stop();
  await proxy?.stop();
  await redis?.stop();
});

const output = (): string => service.process().output(10_000);
const said = (beginning: string): Promise<boolean> =>
  waitFor(`a line "${beginning}"`, () => output().includes(`"message":"${beginning}`), 45_000);

it(
  'B3, I15: through an outage of Redis to a mistake of our own every line is JSON, and each trouble is said once',
  { timeout: 180_000 },
  async () => {
    await said('ready');
    service.process().signal('SIGHUP');
    await said('Node.js warns');

    proxy.set('refuse');
    // by then all that is done every second has failed several times
    await said('nothing is begun here until the store says again');
    proxy.set('open');
    await said('Redis is back');
    await said('the heart beats again');

    service.process().signal('SIGUSR2');
    await waitFor('the end', () => !service.process().isRunning(), 30_000);
    const lines = output()
      .split('\n')
      .map((text) => lineOf.parse(JSON.parse(text)));
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'the process ends: this is a mistake in Firebreak',
      error: expect.stringContaining('nobody waits'),
    });
    const count = (beginning: string): number => lines.filter(({ message }) => message.startsWith(beginning)).length;
    for (const once of ['Redis is away', 'Redis is back', 'the sweep failed'])
      expect({ once, count: count(once) }).toEqual({ once, count: 1 });
    // a minute later they would be said again
    for (const few of ['the heartbeat failed', 'the queue has trouble', 'messages could not', 'storms and frozen'])
      expect({ few, isFew: count(few) <= 2 }).toEqual({ few, isFew: true });
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  },
);

it('ends when it is told to, also while Redis is away', { timeout: 180_000 }, async () => {
  await service.restart();
  const before = output().length;
  proxy.set('refuse');
  await waitFor('the outage', () => output().slice(before).includes('"message":"Redis is away'), 45_000);
  service.process().signal('SIGTERM');
  await waitFor('the end', () => !service.process().isRunning(), 60_000);
  expect(output().split('\n').at(-1)).toContain('"message":"stopped"');
});
