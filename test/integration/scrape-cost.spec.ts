import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { presentExecutions } from '../../src/start/present-executions.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import { startLoneRedis, type LoneRedis } from '../rig/lone-redis.js';

describe('a scrape', { timeout: 60_000 }, () => {
  let server: LoneRedis;
  let connections: Redis[] = [];
  let store: RedisExecutionStore;

  beforeAll(async () => {
    server = await startLoneRedis();
    connections = [1, 2].map(() => new Redis(server.port, server.host));
    const [commands, subscriber] = connections;
    if (commands === undefined || subscriber === undefined) throw new Error('two connections were made');
    store = new RedisExecutionStore(commands, subscriber);
    for (let from = 0; from < 10_000; from += 200) {
      const receipts = Array.from({ length: 200 }, (_, i) => {
        const id = `e${from + i}`;
        const alert = anAlert({ labels: { alertname: 'X', id } });
        return {
          receiptId: id,
          source: 'alertmanager',
          alert,
          openings: [{ execution: anExecution({ id, target: id, alert }), claims: [] }],
          refusals: [],
        };
      });
      await store.receive(receipts);
    }
  }, 60_000);
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    await server?.stop();
  });

  it('I15: costs Redis a few hundred small commands with 10,000 open executions', async () => {
    await server.client.config('RESETSTAT');
    const { running, awaitingApproval, revertible } = await presentExecutions(store, 100);
    const stats = await server.client.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_(?!info|config)[^:]+:calls=(\d+)/gm)].map(([, count]) => Number(count));
    expect([running.items.length, running.total]).toEqual([100, 10_000]);
    expect([awaitingApproval.total, revertible.total]).toEqual([0, 0]);
    expect(calls.reduce((sum, count) => sum + count, 0)).toBeLessThan(400);
  });
});
