import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/plugin-sdk/index.js';
import { plainCall } from '../../test/rig/plain-call.js';
import { queueConfig, startQueueService, type QueueService } from '../../test/rig/queue-service.js';
import plugin from './index.js';

describe('http/get', () => {
  let service: QueueService;
  let stop: (() => Promise<void>)[];
  beforeEach(async () => {
    service = await startQueueService();
    stop = [() => service.close()];
  });
  afterEach(async () => {
    for (const one of stop.reverse()) await one();
  });

  async function measured(params: Json) {
    const running = plugin.instantiate(queueConfig(service, '300ms'), { info: () => {}, warn: () => {} });
    stop.push(() => running.close());
    return running.provided.probes?.['get']?.measure(plainCall(), params);
  }
  const probe = (name: string, values: Json = {}): Json => ({ probe: name, values });

  it('is healthy when the value is as wanted, and unhealthy when it is not', async () => {
    expect(await measured(probe('open', { queue: 'orders' }))).toEqual({ status: 'healthy', detail: 'open is "open"' });
    service.states.set('orders', 'closed');
    expect(await measured(probe('open', { queue: 'orders' }))).toMatchObject({ status: 'unhealthy' });
  });

  it('compares numbers with bounds', async () => {
    expect(await measured(probe('odd'))).toEqual({ status: 'healthy', detail: 'odd is 1', value: 1 });
    expect(await measured(probe('text'))).toMatchObject({ status: 'unknown' });
  });

  it('is unhealthy by a status that says so, and unknown by any other', async () => {
    expect(await measured(probe('open', { queue: 'gone' }))).toEqual({
      status: 'unhealthy',
      detail: 'open answered 404',
    });
    service.meddle(() => ({ status: 403 }));
    expect(await measured(probe('open', { queue: 'orders' }))).toEqual({
      status: 'unknown',
      detail: 'open answered 403',
    });
  });

  it('throws, which counts as unknown, without an answer or a value', async () => {
    await expect(measured(probe('nothing'))).rejects.toMatchObject({ code: 'unknown-name' });
    service.meddle(() => 'silent');
    await expect(measured(probe('odd'))).rejects.toMatchObject({ code: 'timed-out' });
  });
});
