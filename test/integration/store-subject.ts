import { z } from 'zod';
import type { Alert } from '../../src/core/alert.js';
import type { Claim } from '../../src/core/claim.js';
import { evolve } from '../../src/core/evolve.js';
import type { Event } from '../../src/core/event.js';
import type { Execution } from '../../src/core/execution.js';
import { canonicalJson } from '../../src/core/json.js';
import type { DecisionRecord, ExecutionStore, Receipt, Stored } from '../../src/engine/execution-store.js';
import { frozenId } from '../../src/engine/memory-pauses.js';
import { readAuditFact } from '../../src/engine/stored-json.js';
import { anExecution, someOrders } from '../../src/testing/examples.js';
import { anEvent, fitting, PLAIN } from '../scenarios/model/events.js';
import { ALERTS, RUNBOOKS, TARGETS, type Command, type Wish } from './store-commands.js';
import { claimOf, ordersOf, stormKey } from './store-wishes.js';

const DAY = 86_400_000;
/** One store and what the commands need to remember about it. */
export class Subject {
  private readonly known: string[] = [];
  private readonly seen = new Map<string, Stored>();
  private readonly claims = new Map<string, readonly Claim[]>();
  private next = 1;

  /**
   * @param store under test
   * @param clock the time of both stores
   */
  constructor(
    readonly store: ExecutionStore,
    private readonly clock: () => number,
  ) {}

  /** Does one thing and gives the answer. */
  async run(command: Command): Promise<unknown> {
    const { governance } = this.store;
    switch (command.do) {
      case 'fire':
        return this.fire(command);
      case 'resolve': {
        const alert = { ...alertAt(command.alert), status: 'resolved', endsAt: command.endsAt } as const;
        return this.receive({ receiptId: 'r', source: 's', alert, openings: [], refusals: [] });
      }
      case 'open': {
        const { execution, claims } = this.opening(command.wish);
        return this.store.open(execution, claims);
      }
      case 'look':
        return this.store.look(this.opening(command.wish).claims, 'nobody');
      case 'save':
        return this.save(command);
      case 'judge':
        return this.judge(command);
      case 'take-in':
        return this.takeIn(command.which);
      case 'pause': {
        const { id, scope, forMs } = command;
        const at = this.clock();
        const end = forMs === undefined ? {} : { until: at + forMs };
        // of several pauses the oldest is named, and these two are never of the same age
        return this.store.addPause({
          id,
          scope,
          reason: `${id} ${scope}`,
          by: 'ada',
          at: at + Number(id[1]) / 8,
          ...end,
        });
      }
      case 'lift':
        return this.store.liftPause(command.id, { by: 'ada', reason: 'looked at it' });
      case 'lift-loop':
        return this.store.liftPause(frozenId(command.target), { by: 'ada' });
      case 'serving':
        return governance.setServing(command.center, command.serving, { by: 'ada' });
      case 'trust':
        return governance.restoreTrust(command.runbook, { by: 'ada' });
      case 'propose':
        return governance.noteProposal(stormKey(RUNBOOKS[command.which]), { detail: `of ${this.next}` });
      case 'end-storm':
        return governance.endStorm(stormKey(RUNBOOKS[command.which]), { by: 'ada' });
      case 'pass':
        return undefined;
    }
  }

  private fire({ alert: index, startsAt, openings: wanted, refused }: Extract<Command, { do: 'fire' }>) {
    const alert = { ...alertAt(index), startsAt };
    const openings = wanted.map((wish) => this.opening(wish, alert));
    const refusals = refused ? [{ runbook: 'other', because: 'too-old', detail: 'three days old' } as const] : [];
    return this.receive({ receiptId: 'r', source: 's', alert, openings, refusals });
  }

  private async receive(receipt: Receipt): Promise<unknown> {
    return (await this.store.receive([receipt])).map(inOrder);
  }

  private opening(wish: Wish, alert?: Alert): Receipt['openings'][number] {
    const id = `e${this.next++}`;
    this.known.push(id);
    const { runbook, target, mode } = wish;
    const about = alert === undefined ? {} : { alert };
    const execution = anExecution({ id, runbook, target, mode, orders: ordersOf(wish), ...about }, this.clock());
    const claims = wish.claims.map((one) => claimOf(one, wish, alert));
    this.claims.set(id, claims);
    return { execution, claims };
  }

  private async save(command: Extract<Command, { do: 'save' }>): Promise<unknown> {
    const { which, type, late, fits, status, guard, by, claims } = command;
    const id = this.id(which);
    // a late save was made from what was read some commands ago
    const read = await this.store.get(id);
    const before = late ? (this.seen.get(id) ?? read) : read;
    if (read !== undefined) this.seen.set(id, read);
    if (before === undefined) return 'not there';
    const { execution, targetEpoch } = before;
    const good = fitting(execution, type);
    const isIntent = type === 'apply-intended' || type === 'revert-intended';
    const epoch = isIntent ? Math.max(targetEpoch, execution.epoch) + (fits ? 1 : 0) : good.epoch;
    const at = this.clock();
    const event = anEvent(type, { ...PLAIN, execution, reversible: [], at, status, guard, by, ...good, epoch });
    return this.append(before, event, claims ? this.acting(execution) : []);
  }

  private async judge({ wish, status, guard }: Extract<Command, { do: 'judge' }>): Promise<unknown> {
    const { execution } = this.opening({ ...wish, mode: 'auto', kind: 'judged' });
    const answers: unknown[] = [await this.store.open(execution, [])];
    const which = this.known.length - 1;
    for (const type of ['planned', 'apply-intended', 'applied', 'sampled'] as const) {
      // what is bad before the change is no harm that it does
      const now = type === 'sampled' ? guard : 'healthy';
      const save = { do: 'save', which, type, late: false, fits: true, status, guard: now, by: 'ada' } as const;
      answers.push(await this.save({ ...save, claims: type === 'apply-intended' }));
    }
    return answers;
  }

  private acting({ id, runbook, mode }: Execution): Claim[] {
    return [{ kind: 'trusted', runbook, mode }, ...(this.claims.get(id) ?? [])];
  }

  private async takeIn(which: number): Promise<unknown> {
    const before = await this.store.get(this.id(which));
    const [signal] = before?.signals ?? [];
    if (before === undefined || signal === undefined) return 'nothing to take in';
    const at = this.clock();
    const evolved = evolve(before.execution, signal, at);
    return this.store.append({ before, event: signal, next: evolved.ok ? evolved.next : before.execution, at });
  }

  private async append(before: Stored, event: Event, claims: readonly Claim[]): Promise<unknown> {
    const at = this.clock();
    const evolved = evolve(before.execution, event, at);
    if (!evolved.ok || event.type === 'alert-resolved' || event.type === 'alert-refired') return 'not tried';
    return this.store.append({ before, event, next: evolved.next, at, claims });
  }

  private id(which: number): string {
    return this.known[which % Math.max(1, this.known.length)] ?? 'nobody';
  }

  /** Everything that can be read; what stands in no particular order is put into one. */
  async state(): Promise<unknown> {
    const { store, known } = this;
    const { governance } = store;
    const list = await store.list({ limit: 1_000 });
    const open = await store.countOpen();
    const records = await store.audit(0, 10_000);
    return {
      executions: await Promise.all(known.map((id) => store.get(id))),
      journals: await Promise.all(known.map((id) => store.journal(id))),
      lines: await Promise.all(known.map((id) => store.journalLines(id))),
      listed: list.items.map((one) => one.id).toSorted(),
      decisions: (await store.decisions({ limit: 10_000 })).map((one) => canonicalJson(z.json().parse(one))).toSorted(),
      pauses: (await store.pauses()).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      open: Object.fromEntries([...open].filter(([, count]) => count > 0)),
      epochs: await Promise.all(TARGETS.flatMap((target) => [1, 2, 5].map((epoch) => store.holdsEpoch(target, epoch)))),
      scorecards: await Promise.all(RUNBOOKS.map((runbook) => governance.scorecard(runbook))),
      standings: await Promise.all(this.standings()),
      storms: await governance.storms(),
      out: await governance.outOfService(),
      centers: await governance.centerRecords(),
      due: (await store.overdue(-1_000 * DAY * 365, 1, 10_000)).toSorted(),
      audit: records.map(({ n, text }) => ({ n, fact: readAuditFact(text) })),
      head: (await store.auditHead()).n,
    };
  }

  private standings(): Promise<unknown>[] {
    const orders = someOrders({ recurrence: { limit: 2, perMs: DAY } });
    return RUNBOOKS.flatMap((runbook) =>
      ALERTS.map((alert) => this.store.governance.standing(anExecution({ runbook, alert, orders }))),
    );
  }
}

function alertAt(index: number): Alert {
  const alert = ALERTS[index];
  if (alert === undefined) throw new Error(`there is no alert ${index}`);
  return alert;
}

/** The executions that one resolve tells of stand in no particular order. */
function inOrder(records: readonly DecisionRecord[]): readonly DecisionRecord[] {
  const resolved = records.every((one) => one.status === 'resolved');
  return resolved ? records.toSorted((a, b) => ((a.executionId ?? '') < (b.executionId ?? '') ? -1 : 1)) : records;
}
