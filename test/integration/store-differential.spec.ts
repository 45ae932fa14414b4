import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseScopes, type Claim } from '../../src/core/claim.js';
import { evolve } from '../../src/core/evolve.js';
import type { Event, EventType } from '../../src/core/event.js';
import { canonicalJson, type Json } from '../../src/core/json.js';
import type { Pause } from '../../src/core/pause.js';
import type {
  DecisionRecord,
  ExecutionStore,
  Opened,
  Receipt,
  Saved,
  Stored,
} from '../../src/engine/execution-store.js';
import { MemoryExecutionStore } from '../../src/engine/memory-execution-store.js';
import { RedisExecutionStore } from '../../src/engine/redis-execution-store.js';
import { anAlert, anExecution } from '../../src/testing/examples.js';
import { startRedis, type RigRedis } from '../rig/redis.js';
import { anEvent, EVENT_TYPES, fitting } from '../scenarios/model/events.js';

const DAY = 86_400_000;
const ALERTS = ['a', 'b', 'c'].map((center) => anAlert({ labels: { alertname: 'CenterDown', center } }));
const RUNBOOKS = ['cut-over', 'throttle'];
const TARGETS = ['traffic/shop', 'traffic/pay'];
/** Far from the present, so that it does not matter when exactly a store looks at its clock. */
const FAR = [1_000, 2_000, 3_000, 4_000, ...[1, 2, 3].map((days) => Date.parse('2100-01-01') + days * DAY)];

/** What is done to both stores; ids are numbers of executions opened before. */
type Command =
  | {
      readonly do: 'fire';
      readonly alert: number;
      readonly startsAt: number;
      readonly openings: readonly Wish[];
      readonly refused: boolean;
    }
  | { readonly do: 'resolve'; readonly alert: number; readonly endsAt: number }
  | { readonly do: 'open'; readonly wish: Wish }
  | {
      readonly do: 'save';
      readonly which: number;
      readonly type: EventType;
      readonly late: boolean;
      readonly fits: boolean;
      readonly claims: readonly Claim[];
    }
  | { readonly do: 'take-in'; readonly which: number }
  | { readonly do: 'pause'; readonly id: string; readonly scope: string; readonly until: number | undefined }
  | { readonly do: 'lift'; readonly id: string };

interface Wish {
  readonly runbook: string;
  readonly target: string;
  readonly claims: readonly Claim['kind'][];
}

const claimKinds = fc.uniqueArray(
  fc.constantFrom<Claim['kind']>('episode', 'exclusive', 'interval', 'budget', 'unpaused'),
  { maxLength: 4 },
);
const wishes: fc.Arbitrary<Wish> = fc.record({
  runbook: fc.constantFrom(...RUNBOOKS),
  target: fc.constantFrom(...TARGETS),
  claims: claimKinds,
});
const alerts = fc.nat({ max: ALERTS.length - 1 });
const instants = fc.constantFrom(...FAR);
const ids = fc.constantFrom('p1', 'p2');
const scopes = fc.constantFrom(
  'all',
  'runbook:throttle',
  'plugin:pretend',
  'target:traffic/*',
  'target:*y',
  'target:traffic/shop',
  'target:t.*',
  'runbook:*',
  'target:*r*f*s*',
);

const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fire'),
      alert: alerts,
      startsAt: instants,
      openings: fc.array(wishes, { maxLength: 2 }),
      refused: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resolve'), alert: alerts, endsAt: instants }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open'), wish: wishes }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('save'),
      which: fc.nat(),
      type: fc.constantFrom<EventType>(
        'planned',
        'apply-intended',
        'applied',
        'cancelled',
        'revert-asked',
        'revert-intended',
        'reverted',
        ...EVENT_TYPES,
      ),
      late: fc.constantFrom(false, false, false, true),
      fits: fc.constantFrom(true, true, true, false),
      claims: fc.constantFrom<Claim[]>(
        [],
        [],
        [{ kind: 'unpaused', scopes: ['all', 'plugin:pretend'] }],
        [{ kind: 'exclusive', target: 'traffic/shop' }],
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take-in'), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pause'),
      id: ids,
      scope: scopes,
      until: fc.constantFrom(undefined, 1_000, Date.parse('2100-01-01')),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift'), id: ids }) },
);

/** One store and what the commands need to remember about it. */
class Subject {
  private readonly known: string[] = [];
  private readonly seen = new Map<string, Stored>();
  private next = 1;

  constructor(readonly store: ExecutionStore) {}

  /** Does one thing and gives the answer, without times that the two clocks cannot agree on. */
  async run(command: Command): Promise<unknown> {
    switch (command.do) {
      case 'fire':
        return this.fire(command);
      case 'resolve': {
        const alert = { ...this.alert(command.alert), status: 'resolved', endsAt: command.endsAt } as const;
        return this.receive({ receiptId: 'r', source: 's', alert, openings: [], refusals: [] });
      }
      case 'open': {
        const { execution, claims } = this.opening(command.wish);
        return masked(await this.store.open(execution, claims));
      }
      case 'save':
        return this.save(command);
      case 'take-in':
        return this.takeIn(command.which);
      case 'pause': {
        const { id, scope, until } = command;
        const pause: Pause = {
          id,
          scope,
          reason: `${id} ${scope}`,
          by: 'ada',
          at: 0,
          ...(until === undefined ? {} : { until }),
        };
        return this.store.addPause(pause);
      }
      case 'lift':
        return this.store.liftPause(command.id);
    }
  }

  private fire({
    alert: index,
    startsAt,
    openings: wanted,
    refused,
  }: Extract<Command, { do: 'fire' }>): Promise<unknown> {
    const alert = { ...this.alert(index), startsAt };
    const openings = wanted.map((wish) => this.opening(wish, alert));
    const refusals = refused ? [{ runbook: 'other', because: 'too-old', detail: 'three days old' } as const] : [];
    return this.receive({ receiptId: 'r', source: 's', alert, openings, refusals });
  }

  private async receive(receipt: Receipt): Promise<unknown> {
    return (await this.store.receive([receipt])).map(inOrder);
  }

  private alert(index: number): Receipt['alert'] {
    return ALERTS[index] ?? anAlert();
  }

  private opening({ runbook, target, claims }: Wish, alert?: Receipt['alert']): Receipt['openings'][number] {
    const id = `e${this.next++}`;
    this.known.push(id);
    const execution = anExecution({ id, runbook, target, ...(alert === undefined ? {} : { alert }) });
    const fingerprint = alert?.fingerprint ?? 'none';
    const all: Record<Claim['kind'], Claim> = {
      episode: { kind: 'episode', fingerprint, runbook, startsAt: alert?.startsAt ?? 1_000 },
      exclusive: { kind: 'exclusive', target },
      interval: { kind: 'interval', key: `${runbook}|${target}`, ms: DAY },
      budget: { kind: 'budget', key: `rate|${runbook}`, limit: 3, windowMs: DAY },
      unpaused: { kind: 'unpaused', scopes: pauseScopes(runbook, ['pretend/set'], target) },
    };
    return { execution, claims: claims.map((kind) => all[kind]) };
  }

  private async save({ which, type, late, fits, claims }: Extract<Command, { do: 'save' }>): Promise<unknown> {
    const id = this.known[which % Math.max(1, this.known.length)] ?? 'nobody';
    // a late save was made from what was read some commands ago
    const read = await this.store.get(id);
    const before = late ? (this.seen.get(id) ?? read) : read;
    if (read !== undefined) this.seen.set(id, read);
    if (before === undefined) return 'not there';
    const { execution, targetEpoch } = before;
    const good = fitting(execution, type);
    const isIntent = type === 'apply-intended' || type === 'revert-intended';
    const epoch = isIntent ? Math.max(targetEpoch, execution.epoch) + (fits ? 1 : 0) : good.epoch;
    const sample = {
      execution,
      reversible: [],
      at: 5_000_000,
      again: true,
      status: 'healthy',
      by: 'ada',
      ...good,
      epoch,
    } as const;
    return this.append(before, anEvent(type, sample), claims);
  }

  private async takeIn(which: number): Promise<unknown> {
    const id = this.known[which % Math.max(1, this.known.length)] ?? 'nobody';
    const before = await this.store.get(id);
    const [signal] = before?.signals ?? [];
    if (before === undefined || signal === undefined) return 'nothing to take in';
    const evolved = evolve(before.execution, signal, 5_000_000);
    return this.store.append({
      before,
      event: signal,
      next: evolved.ok ? evolved.next : before.execution,
      at: 5_000_000,
    });
  }

  private async append(before: Stored, event: Event, claims: readonly Claim[]): Promise<unknown> {
    const evolved = evolve(before.execution, event, 5_000_000);
    if (!evolved.ok || event.type === 'alert-resolved' || event.type === 'alert-refired') return 'not tried';
    return masked(await this.store.append({ before, event, next: evolved.next, at: 5_000_000, claims }));
  }

  /** Everything that can be read, in an order that does not depend on the moment of opening. */
  async state(): Promise<unknown> {
    const { store } = this;
    const list = await store.list({ limit: 1_000 });
    const open = await store.countOpen();
    return {
      executions: await Promise.all(this.known.map((id) => store.get(id))),
      journals: await Promise.all(
        this.known.map(async (id) => (await store.journal(id)).map(({ seq, event }) => ({ seq, event }))),
      ),
      listed: list.items.map((one) => one.id).toSorted(),
      decisions: (await store.decisions({ limit: 10_000 })).map((one) => canonicalJson(masked(one))).toSorted(),
      pauses: (await store.pauses()).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      open: Object.fromEntries([...open].filter(([, count]) => count > 0)),
      epochs: await Promise.all(TARGETS.flatMap((target) => [1, 2, 5].map((epoch) => store.holdsEpoch(target, epoch)))),
      due: (await store.overdue(-1_000 * DAY * 365, 1, 10_000)).toSorted(),
    };
  }
}

/** Leaves out what depends on the moment; of several pauses that are in force any one may be named. */
function masked(answer: Opened | Saved | DecisionRecord): Json {
  const moments = /, the next is free in \w+|\w+ of the cooldown are left|paused .*/;
  const text = JSON.stringify(answer, (key, value: unknown) => {
    if (key === 'at' || key === 'leftMs' || key === 'scope' || key === 'reason') return undefined;
    return typeof value === 'string' ? value.replace(moments, '') : value;
  });
  const left: Json = JSON.parse(text);
  return left;
}

/** The executions that one resolve tells of stand in no particular order. */
function inOrder(records: readonly DecisionRecord[]): unknown[] {
  const resolved = records.every((one) => one.status === 'resolved');
  return (
    resolved ? records.toSorted((a, b) => ((a.executionId ?? '') < (b.executionId ?? '') ? -1 : 1)) : records
  ).map(masked);
}

describe('the two stores, given the same commands', () => {
  let rig: RigRedis;
  let redis: Redis;
  beforeAll(async () => {
    rig = await startRedis();
    redis = new Redis(rig.url);
    // answers are compared here, not what a power cut leaves
    await redis.config('SET', 'appendfsync', 'no');
  });
  afterAll(async () => {
    await redis.quit();
    await rig.stop();
  });

  it('I1, I2, I3, I7, I9, I10: give the same answers and hold the same afterwards', { timeout: 120_000 }, async () => {
    let world = 0;
    let count = 0;
    const answers = new Map<string, number>();
    const property = fc.asyncProperty(
      fc.array(commands, { minLength: 20, maxLength: 80, size: 'max' }),
      async (all) => {
        const memory = new Subject(new MemoryExecutionStore(() => Date.now()));
        const real = new Subject(new RedisExecutionStore(redis, redis, { prefix: `{fb${world++}}:` }));
        for (const [i, command] of all.entries()) {
          count++;
          const [wanted, got] = [await memory.run(command), await real.run(command)];
          expect(got, `command ${i}: ${JSON.stringify(command)}`).toEqual(wanted);
          for (const word of JSON.stringify(wanted ?? '').matchAll(
            /"(?:because|decision|saved)":"([\w-]+)"|"(not tried|not there)"/g,
          )) {
            const name = word[1] ?? word[2] ?? '';
            answers.set(name, (answers.get(name) ?? 0) + 1);
          }
        }
        expect(await real.state()).toEqual(await memory.state());
      },
    );
    await fc.assert(property, { numRuns: 100 });
    expect(count).toBeGreaterThan(3_000);
    const every = [
      'opened',
      'suppressed',
      'closed',
      'noted',
      'yes',
      'stale',
      'refused',
      'duplicate',
      'paused',
      'target-busy',
      'cooldown',
      'rate',
      'too-old',
    ];
    expect(
      every.filter((name) => !answers.has(name)),
      'answers that never came',
    ).toEqual([]);
  });
});
