import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionStore } from '../../src/engine/execution-store.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { withMethods } from '../../src/testing/with-methods.js';
import { startApi, type ApiApp } from './api-app.js';
import {
  ask,
  askAt,
  askOver,
  decisionsBy,
  eventsBy,
  inOrder,
  shownNow,
  standingsBy,
  type Told,
} from './read-api-kit.js';
import { answerTo, questionsAbout, textOf, type Question } from './read-api-oracle.js';
import { BEGIN, commands, type Command } from './store-commands.js';
import { Subject } from './store-subject.js';

/** What the API said when the last thing at a moment had happened: so it stood until the next moment. */
interface Moment {
  readonly at: number;
  readonly standings: readonly Told[];
}

/** What the API tells in the end of everything that happened, each with its time. */
type Noted = readonly (Told & { readonly at: number })[];

const KNOWN_OF_EVENTS = ['__name__', 'execution_id', 'n', 'event', 'by', 'step', 'detail'];
const KNOWN_OF_DECISIONS = ['__name__', 'fingerprint', 'alertname', 'runbook', 'decision', 'because'].concat(
  'execution_id',
  'status',
  'receipt_id',
  'source',
  'detail',
);

describe('what the read API says of any time is what the API said then', () => {
  let api: ApiApp;
  let store: ExecutionStore = new MemoryExecutionStore(() => BEGIN);
  beforeAll(async () => {
    const turning = new Proxy(store, { get: (_first, name): unknown => Reflect.get(store, name, store) });
    api = await startApi({ store: () => turning });
  });
  afterAll(() => api.close());

  async function live(all: readonly Command[]): Promise<{ moments: Moment[]; noted: Noted; now: number }> {
    let now = BEGIN;
    store = new MemoryExecutionStore(() => now);
    const subject = new Subject(store, () => now);
    const moments: Moment[] = [];
    const look = async (): Promise<void> => {
      moments.push({ at: now, standings: standingsBy(await shownNow(api)) });
    };
    for (const command of all) {
      if (command.do === 'pass') {
        await look();
        now += command.ms;
      }
      await subject.run(command);
    }
    await look();
    const ids = (await shownNow(api)).map(({ id }) => id);
    return { moments, noted: [...(await eventsBy(api, ids)), ...(await decisionsBy(api))], now };
  }

  /** Everything that was so at a time. */
  function at(time: number, { moments, noted }: { moments: readonly Moment[]; noted: Noted }): Told[] {
    const standings = moments.findLast((one) => one.at <= time)?.standings ?? [];
    return [...standings, ...noted.filter((one) => one.at <= time)];
  }

  /** Journals and decisions say more than is compared here; what is not known here is not asked about. */
  function known(told: readonly Told[]): Told[] {
    return told.map(({ labels, value }) => {
      const name = labels['__name__'] ?? '';
      const keep = { firebreak_journal_event: KNOWN_OF_EVENTS, firebreak_decision: KNOWN_OF_DECISIONS }[name];
      const kept = Object.entries(labels).filter(([label]) => keep === undefined || keep.includes(label));
      return { labels: Object.fromEntries(kept), value };
    });
  }

  it('whole, at every moment at which anything happened, and right before the next', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { minLength: 20, maxLength: 60, size: 'max' }), async (all) => {
        const history = await live(all);
        for (const [i, moment] of history.moments.entries()) {
          const end = (history.moments[i + 1]?.at ?? history.now + 60_001) - 1;
          for (const time of new Set([moment.at, Math.max(moment.at, end)])) {
            const said = await askAt(api, STANDING_AND_NOTED, time);
            expect(inOrder(known(said))).toEqual(inOrder(at(time, history)));
          }
        }
        expect(await askAt(api, STANDING_AND_NOTED, BEGIN - 1)).toEqual([]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('whatever is asked about it, at one time or over many', { timeout: 120_000 }, async () => {
    const histories = fc.array(commands, { minLength: 20, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(histories, fc.gen(), fc.nat(), async (all, gen, seed) => {
        const history = await live(all);
        const everything = history.moments.flatMap(({ standings }) => standings).concat(history.noted);
        if (everything.length === 0) return;
        for (let i = 0; i < 8; i++) {
          const question: Question = gen(() => questionsAbout(everything.map((one) => plainly(one))));
          const text = textOf(question);
          const length = history.now - BEGIN + 1_000;
          const time = BEGIN + ((seed * (i + 1)) % length);
          expect(inOrder(compared(question, await askAt(api, text, time))), text).toEqual(
            inOrder(answerTo(question, at(time, history).map(plainly))),
          );
          const grid = { start: BEGIN - 500, end: history.now + 500, stepMs: Math.max(1, Math.ceil(length / (7 + i))) };
          const turn = history.moments[(seed + i) % history.moments.length]?.at ?? BEGIN;
          const close = { start: turn - 2, end: turn + 2, stepMs: 1 };
          for (const [moment, told] of [...(await askOver(api, text, grid)), ...(await askOver(api, text, close))])
            expect(inOrder(compared(question, told)), `${text} at ${moment}`).toEqual(
              inOrder(answerTo(question, at(moment, history).map(plainly))),
            );
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  /** Asked is only about labels that are known here. */
  const plainly = (told: Told): Told => known([told])[0] ?? told;
  const compared = (question: Question, told: readonly Told[]): Told[] =>
    question.over === undefined ? known(told) : [...told];

  it('while the store does not answer, an error that a data source can show', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    store = withMethods(store, { list: () => Promise.reject(away), decisions: () => Promise.reject(away) });
    // more often than queries are computed at once: a failed one leaves its place
    for (let i = 0; i < 5; i++) {
      const { status, text } = await api.send('GET', '/prometheus/api/v1/query?query=firebreak_decision', 'viewer');
      expect([status, JSON.parse(text)]).toEqual([
        503,
        expect.objectContaining({ status: 'error', errorType: 'unavailable', code: 'store-unavailable' }),
      ]);
    }
  });

  it('the largest and the smallest values are among all, of each group so many', async () => {
    await live(SOME);
    const all = await askAt(api, 'firebreak_journal_event', BEGIN + 3_600_000);
    const values = all.map(({ value }) => value).sort((a, b) => b - a);
    for (const n of [0, 1, 3, 1_000]) {
      const top = await askAt(api, `topk(${n}, firebreak_journal_event)`, BEGIN + 3_600_000);
      expect(top.map(({ value }) => value)).toEqual(values.slice(0, n));
      const bottom = await askAt(api, `bottomk(${n}, firebreak_journal_event)`, BEGIN + 3_600_000);
      expect(bottom.map(({ value }) => value)).toEqual(values.toReversed().slice(0, n));
      expect(inOrder(all)).toEqual(expect.arrayContaining(inOrder([...top, ...bottom])));
    }
    const each = await askAt(api, 'topk by (execution_id) (1, firebreak_journal_event)', BEGIN + 3_600_000);
    expect(new Set(each.map(({ labels }) => labels['execution_id'])).size).toBe(each.length);
    expect(
      (await ask(api, 'query', { query: 'topk(2, firebreak_execution)', time: LATER, limit: '1' })).warnings,
    ).toEqual(['results truncated due to limit: the newest 1 of 2']);
  });
});

const LATER = String(BEGIN / 1_000 + 3_600);

const STANDING_AND_NOTED = '{__name__!="firebreak_rollback_available_info", __name__!=""}';

const WISH = {
  runbook: 'throttle',
  target: 'traffic/shop',
  mode: 'auto',
  kind: 'judged',
  out: 'a',
  in: undefined,
} as const;
const SOME: readonly Command[] = [
  { do: 'open', wish: { ...WISH, claims: [] } },
  { do: 'pass', ms: 60_000 },
  { do: 'judge', wish: { ...WISH, claims: [] }, status: 'healthy', guard: 'healthy' },
  { do: 'pass', ms: 60_000 },
];
