import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { evolve } from '../core/evolve.js';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { anAlert, anExecution } from '../testing/examples.js';
import { withMethods } from '../testing/with-methods.js';
import { evaluate, gridAt, MOST_SAMPLES } from './evaluate.js';
import { Gate } from './gate.js';
import { Pace } from './pace.js';
import type { Row } from './row.js';
import { Reader, type Readable } from './reader.js';
import { wantedBy } from './wanted.js';
import { readMatch, readQuery } from './read-query.js';

const T = Date.parse('2026-11-01T12:00:00Z');
const endless = (): Pace => new Pace(Infinity);

/** A store with executions of two runbooks, one each second, which counts what is read of it. */
async function storeWith(count: number) {
  let now = T;
  const store = new MemoryExecutionStore(() => now);
  for (let i = 0; i < count; i++) {
    now = T + i * 1_000;
    const runbook = i % 2 === 0 ? 'even' : 'odd';
    await store.open(anExecution({ id: `e${i}`, runbook, target: `traffic/${i}`, alert: anAlert() }, now), []);
    const receipt = {
      receiptId: `r${i}`,
      source: 's',
      alert: anAlert(),
      openings: [],
      refusals: [],
      unmatched: 'none',
    };
    await store.receive([receipt]);
  }
  const asked: string[] = [];
  const counted: Readable = withMethods(store, {
    list: (filter) => (asked.push('list'), store.list(filter)),
    journal: (id) => (asked.push(`journal ${id}`), store.journal(id)),
    decisions: (filter) => (asked.push(`decisions ${filter.limit}`), store.decisions(filter)),
    get: (id) => (asked.push(`get ${id}`), store.get(id)),
  });
  const turn = (to: number): void => void (now = to);
  return { counted, asked, store, turn };
}

const wanted = (selector: string, from: number, to = from, least = -Infinity) => {
  const read = readMatch(selector);
  if (!read.ok) throw new Error(read.error);
  return wantedBy(read.matchers, { from, to }, least);
};

async function readWith(
  store: Readable,
  bounds: ConstructorParameters<typeof Reader>[1],
  ...what: Parameters<typeof wanted>
) {
  const read = await new Reader(store, bounds).read(wanted(...what), endless());
  if (!read.ok) throw new Error(read.error);
  return read;
}

const BOUNDS = { executions: 1_000, journals: 1_000, decisions: 1_000 };

describe('what a query reads', () => {
  it('S10: is bounded, the newest is what is kept, and what is left out is said', async () => {
    const { counted } = await storeWith(300);
    const past = T + 250_000;
    const few = await readWith(counted, { ...BOUNDS, executions: 200 }, 'firebreak_execution', past);
    expect(few.warnings).toEqual([expect.stringContaining('only the newest 200 executions')]);
    expect(few.rows[0]?.labels['execution_id']).toBe('e250');
    expect(few.rows.at(-1)?.labels['execution_id']).toBe('e100');
    const unread = await readWith(counted, { ...BOUNDS, journals: 20 }, 'firebreak_journal_event', T + 400_000);
    expect(unread.rows).toHaveLength(20);
    expect(unread.warnings).toEqual([expect.stringContaining('only the newest 20 journals')]);
    const decisions = await readWith(counted, { ...BOUNDS, decisions: 20 }, 'firebreak_decision', T + 400_000);
    expect(decisions.rows).toHaveLength(20);
    expect(decisions.rows[0]?.labels['receipt_id']).toBe('r299');
    expect(decisions.warnings).toEqual([expect.stringContaining('only the newest 20 decisions')]);
    const all = await readWith(counted, BOUNDS, '{__name__!=""}', T + 400_000);
    expect(all.warnings).toEqual([]);
  });

  it('is only what it is about', async () => {
    const { counted, asked } = await storeWith(300);
    const read = async (...what: Parameters<typeof wanted>): Promise<string[]> => {
      asked.length = 0;
      await readWith(counted, BOUNDS, ...what);
      return [...asked];
    };
    expect(await read('firebreak_execution{execution_id="e7"}', T + 8_000)).toEqual(['get e7', 'journal e7']);
    expect(await read('firebreak_decision{fingerprint="x"}', T)).toEqual(['decisions 1001']);
    // as things stand now no journal is needed
    expect(await read('firebreak_execution', T + 400_000)).toEqual(['list', 'list']);
    expect(await read('firebreak_execution', T + 400_000, T + 400_000, T + 280_000)).toEqual(['list']);
    expect(await read('firebreak_execution{runbook="odd"}', T + 400_000)).toEqual(['list']);
    expect(await read('firebreak_decision', T, T, T + 1)).toEqual([]);
  });
});

describe('what is open', () => {
  const HELD = 'firebreak_execution{phase="planning"}';
  const CLOSED_AT = T + 300_000;

  /** Closes all but the oldest. */
  async function closing() {
    const { counted, asked, store, turn } = await storeWith(300);
    for (let i = 1; i < 300; i++) {
      const before = await store.get(`e${i}`);
      const event = { type: 'not-needed', detail: 'nothing to do' } as const;
      const evolved = before && evolve(before.execution, event, CLOSED_AT + i);
      if (before === undefined || evolved?.ok !== true) throw new Error('not closed');
      await store.append({ before, event, next: evolved.next, at: CLOSED_AT + i });
    }
    turn(CLOSED_AT + 200_000);
    asked.length = 0;
    return { counted, asked };
  }
  const idsOf = (rows: readonly Row[]) =>
    rows.flatMap(({ labels: { phase, execution_id: id } }) => (phase === 'closed' ? [] : [id]));

  it('is found however old it is, and nothing else is read for it', async () => {
    const { counted, asked } = await closing();
    const now = CLOSED_AT + 200_000;
    const read = await readWith(counted, { ...BOUNDS, executions: 10 }, HELD, now);
    expect([idsOf(read.rows), read.warnings]).toEqual([['e0'], []]);
    expect(asked.filter((one) => !one.startsWith('list'))).toEqual([]);
    const all = await readWith(counted, { ...BOUNDS, executions: 10 }, 'firebreak_execution', now);
    expect(idsOf(all.rows)).not.toContain('e0');
    expect(all.warnings).toEqual([expect.stringContaining('only the newest 10 executions')]);
  });

  it('at a moment includes what was closed right after it, and not what was closed then', async () => {
    const { counted } = await closing();
    for (const metric of [HELD, 'firebreak_execution_running'])
      for (const closed of [100, 298]) {
        const { rows } = await readWith(counted, BOUNDS, metric, CLOSED_AT + closed);
        const then = Array.from({ length: 299 - closed }, (_, i) => `e${299 - i}`);
        expect(idsOf(rows)).toEqual([...then, 'e0']);
      }
  });

  it('is looked for everywhere when too much has happened since then', async () => {
    const { counted, asked } = await closing();
    const { rows } = await readWith(counted, BOUNDS, 'firebreak_execution_running', T + 30_000);
    expect(rows).toHaveLength(31);
    expect(asked.filter((one) => one.startsWith('journal')).length).toBe(31);
    const long = await readWith(counted, { ...BOUNDS, executions: 10 }, HELD, T + 30_000, CLOSED_AT + 200_000);
    expect(idsOf(long.rows)).toEqual(['e0', ...Array.from({ length: 10 }, (_, i) => `e${299 - i}`)]);
    expect(long.warnings).toEqual([expect.stringContaining('only the newest 10 executions')]);
  });
});

describe('what was opened since a time', () => {
  it('is read whole, whatever page it stands on', async () => {
    const { counted } = await storeWith(300);
    for (const since of [50, 99, 100, 101, 150].map((seconds) => T + seconds * 1_000)) {
      const { rows } = await readWith(counted, BOUNDS, 'firebreak_execution', T + 400_000, T + 400_000, since);
      expect(rows.filter(({ value }) => value >= since)).toHaveLength(300 - (since - T) / 1_000);
    }
  });
});

describe('a query that takes long', () => {
  const patient = (): Pace => new Pace(performance.now() + 600_000);
  /** Time that goes on by a millisecond whenever somebody looks at the clock. */
  const ticking = (): (() => number) => {
    let time = 0;
    return () => ++time;
  };
  const rows = Array.from({ length: 2_000 }, (_, i): Row => ({ labels: { i: String(i) }, from: i, value: i }));
  const query = (text: string) => {
    const read = readQuery(text);
    if (!read.ok || read.query.is === 'number') throw new Error(text);
    return read.query;
  };

  it('S10: lets everything else have its turn meanwhile', async () => {
    let turns = 0;
    let isOver = false;
    const others = async (): Promise<void> => {
      for (; !isOver; turns += 1) await setImmediate();
    };
    const going = others();
    const done = await evaluate(query('topk(3, x)'), rows, gridAt(5_000), new Pace(Infinity, ticking()));
    isOver = true;
    await going;
    expect(done).toMatchObject({ ok: true, series: [{ values: [1_999] }, { values: [1_998] }, { values: [1_997] }] });
    expect(turns).toBeGreaterThan(50);
  });

  it.each(['x', 'x > 3', 'count by (i) (x)', 'topk(2, x)'])('S10: ends in time: %s', async (text) => {
    const pace = new Pace(100, ticking());
    expect(await evaluate(query(text), rows, gridAt(5_000), pace)).toMatchObject({ ok: false, errorType: 'timeout' });
  });

  it.each([
    ['x >= 0', 1],
    [`x${' >= 0'.repeat(15)}`, 15],
    // once for its group, and once for its part of the result
    ['count(x)', 2],
    ['topk(3, x)', 2],
  ])('S10: looks at the time after every series, in every part of it: %s', async (text, parts) => {
    const looks = async (of: string): Promise<number> => {
      let count = 0;
      const pace = new Pace(Infinity, () => (count++, 0));
      expect(await evaluate(query(of), rows, gridAt(5_000), pace)).toMatchObject({ ok: true });
      return count;
    };
    expect((await looks(text)) - (await looks('x'))).toBeGreaterThanOrEqual(parts * rows.length);
  });

  it('S10: is refused where it would need too many values', async () => {
    const grid = { start: 5_000, stepMs: 1, count: MOST_SAMPLES / rows.length + 1 };
    expect(await evaluate(query('x'), rows, grid, endless())).toMatchObject({ ok: false, errorType: 'execution' });
    const fits = { ...grid, count: grid.count - 1 };
    expect(await evaluate(query('count(x)'), rows, fits, endless())).toMatchObject({ ok: true });
  });

  it('S10: lets everything else have its turn before each that has waited, though each is over at once', async () => {
    const gate = new Gate(1, 100);
    let [turns, isOver] = [0, false];
    const others = async (): Promise<void> => {
      for (; !isOver; turns += 1) await setImmediate();
    };
    const going = others();
    const seen = await Promise.all(Array.from({ length: 20 }, () => gate.pass(patient(), async () => turns)));
    isOver = true;
    await going;
    expect(new Set(seen).size).toBe(20);
  });

  it('S10: does not keep more than so many others waiting, nor any for longer than it may take', async () => {
    const gate = new Gate(1, 2);
    const going: (() => void)[] = [];
    const hold = (name: string) => () => new Promise<string>((resolve) => going.push(() => resolve(name)));
    const [first, second] = [gate.pass(patient(), hold('first')), gate.pass(patient(), hold('second'))];
    const impatient = gate.pass(new Pace(performance.now() + 1), hold('impatient'));
    expect(await gate.pass(patient(), hold('too many'))).toBeUndefined();
    expect(await impatient).toBeUndefined();
    const end = async (): Promise<void> => {
      while (going.length === 0) await setImmediate();
      going.shift()?.();
    };
    await end();
    expect(await first).toBe('first');
    await end();
    expect(await second).toBe('second');
    const last = gate.pass(patient(), hold('last'));
    await end();
    expect(await last).toBe('last');
  });
});
