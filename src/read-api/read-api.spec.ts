import { describe, expect, it } from 'vitest';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { anExecution } from '../testing/examples.js';
import { FakeClock } from '../testing/fake-clock.js';
import { withMethods } from '../testing/with-methods.js';
import { computedUntil, timeoutOf } from './asked.js';
import { Parameters } from './parameters.js';
import { ReadApi } from './read-api.js';

const T = Date.parse('2026-11-01T12:00:00Z');

describe('a query', () => {
  it('S10: ends when nobody waits for its answer any more', async () => {
    const store = new MemoryExecutionStore(() => T);
    for (let i = 0; i < 500; i++)
      await store.open(anExecution({ id: `e${i}`, runbook: 'r', target: `traffic/${i}` }, T), []);
    let pages = 0;
    const counted = withMethods(store, { list: (filter) => (pages++, store.list(filter)) });
    const api = new ReadApi(counted, new FakeClock(T));
    const url = `/?${new URLSearchParams({ query: 'firebreak_execution' })}`;
    expect((await api.query(new Parameters(url, undefined))).status).toBe(200);
    expect(pages).toBe(3);
    const leaves = new Parameters(url, undefined, () => pages > 3);
    expect((await api.query(leaves)).status).toBe(503);
    expect(pages).toBe(4);
    expect((await api.query(leaves)).status).toBe(503);
    expect(pages).toBe(4);
  });

  it.each([
    ['timeout=4', 4_100],
    ['timeout=60', 10_100],
    ['', 19_000],
  ])('S10: that had to wait has its whole time unless it said how much: %s', (said, until) => {
    const timeout = timeoutOf(new Parameters(`/?${said}`, undefined));
    expect(timeout.ok && computedUntil(timeout, 100, 9_000)).toBe(until);
  });
});
