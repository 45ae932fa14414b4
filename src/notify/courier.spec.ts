import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import type { CallResult } from '../plugin-host/call-result.js';
import type { Message } from '../plugin-sdk/call.js';
import { Metrics } from '../telemetry/metrics.js';
import { FakeClock } from '../testing/fake-clock.js';
import { Courier, LEASE_MS } from './courier.js';

const message: Message = { id: 'm', event: 'held', title: 'held', text: 'look', link: 'http://h/' };
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const FAILS: CallResult<void> = { ok: false, failure: { code: 'target-failed', detail: 'answered 500', again: true } };

async function atWork(send: () => Promise<CallResult<void>>) {
  const clock = new FakeClock();
  const store = new MemoryExecutionStore(() => clock.now());
  const errors: string[] = [];
  const log = pino(
    { level: 'error', base: null },
    { write: (line: string) => void errors.push(z.object({ msg: z.string() }).parse(JSON.parse(line)).msg) },
  );
  const attempts: number[] = [];
  const began = clock.now();
  const host = {
    send: () => {
      attempts.push(clock.now() - began);
      return send();
    },
  };
  const couriers = [1, 2].map(() => new Courier(host, store, clock, new Metrics(), log));
  await store.outbox.put([{ id: 'm', at: 0, letters: [{ notifier: 'slack/oncall', message }] }]);
  /** Both processes go round at each of these moments. */
  const rounds = async (every: number, until: number): Promise<void> => {
    while (clock.now() - began < until) {
      await Promise.all(couriers.map((courier) => courier.work()));
      await clock.pass(every);
    }
  };
  return { store, errors, attempts, rounds, couriers };
}

describe('a message that cannot be delivered', () => {
  it('is tried again after 1 s, 2, 4 and so on, at last every five minutes, for a day; then people must tell', async () => {
    const { store, errors, attempts, rounds } = await atWork(async () => FAILS);
    await rounds(1_000, 15 * MINUTE);
    const gaps = attempts.slice(1).map((at, i) => at - (attempts[i] ?? 0));
    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1_000));
    await rounds(5 * MINUTE, DAY - 5 * MINUTE);
    expect(errors).toEqual([]);
    await rounds(5 * MINUTE, DAY + 60 * MINUTE);
    expect(errors).toEqual(['a message could not be delivered: tell people yourself']);
    expect(attempts.at(-1)).toBeLessThanOrEqual(DAY + 5 * MINUTE);
    expect(await store.outbox.list({ limit: 1 })).toMatchObject([{ state: 'given-up' }]);
  });
});

describe('a courier that is stopped', () => {
  it('ticks off what it has sent, and begins nothing more', async () => {
    let taken: (sent: CallResult<void>) => void = () => undefined;
    const { store, attempts, couriers } = await atWork(() => new Promise((resolve) => (taken = resolve)));
    const [courier] = couriers;
    await store.outbox.put([
      { id: 'n', at: 1, letters: [{ notifier: 'slack/oncall', message: { ...message, id: 'n' } }] },
    ]);
    await courier?.work();
    await vi.waitFor(() => expect(attempts).toHaveLength(1));
    const stopped = courier?.stop();
    taken({ ok: true, value: undefined });
    await stopped;
    await courier?.work();
    expect(attempts).toHaveLength(1);
    expect((await store.outbox.list({ limit: 2 })).map(({ state }) => state)).toEqual(['waiting', 'delivered']);
  });
});

describe('a worker that does not come back', () => {
  it('is not waited for longer than the lease, which is longer than any notifier may take', async () => {
    const { attempts, rounds } = await atWork(() => new Promise(() => undefined));
    await rounds(1_000, LEASE_MS + 2_000);
    expect(LEASE_MS).toBeGreaterThan(10_000);
    expect(LEASE_MS).toBeLessThan(15_000);
    expect(attempts).toEqual([0, LEASE_MS]);
  });
});
