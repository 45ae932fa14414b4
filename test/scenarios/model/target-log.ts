import type { Instant } from '../../../src/core/alert.js';
import type { JournalEntry } from '../../../src/core/event.js';
import type { Execution, Intent } from '../../../src/core/execution.js';
import { effectKey } from '../../../src/core/plan-digest.js';
import type { PretendTarget, Write } from '../../../src/testing/pretend-target.js';
import { LIMITS } from './town-runbooks.js';

/** How late the last write of an attempt may be. */
const LATE_MS = 15_000;

/** A write, and whose it is. */
export interface Attributed extends Write {
  readonly executionId: string;
  readonly step: number;
}

/** When an execution began at the target, which limits it counts against, and after which others it may follow at once. */
interface Begun {
  readonly at: Instant;
  readonly execution: Execution;
}

/** Reads the target's own log: the oracle, whatever anybody else believes. */
export class TargetLog {
  private readonly owners = new Map<string, { readonly executionId: string; readonly step: number }>();
  private readonly intents = new Map<string, readonly JournalEntry[]>();
  private readonly known = new Map<string, Execution>();
  private readonly seen = new Set<string>();
  private readonly last = new Map<string, Attributed>();
  private readonly highest = new Map<string, number>();
  private readonly begun = new Map<string, Begun>();
  private readonly found: string[] = [];
  private read = 0;

  /** @param target whose log is read */
  constructor(private readonly target: PretendTarget) {}

  /** Learns which keys belong to an execution, and what it has announced. */
  know(execution: Execution, journal: readonly JournalEntry[]): void {
    const { id, orders } = execution;
    this.intents.set(id, journal);
    if (!this.known.has(id)) {
      for (const [step, { name }] of orders.steps.entries()) {
        for (const direction of ['apply', 'revert'] as const)
          this.owners.set(effectKey(id, name, direction), { executionId: id, step });
      }
    }
    this.known.set(id, execution);
  }

  /** A value was changed by hand: nothing that anybody did to it is in force. */
  drifted(name: string): void {
    this.last.delete(name);
  }

  /** Gives what was written since the last time. */
  news(): Attributed[] {
    const fresh = this.target.writes.slice(this.read).map((write): Attributed => {
      return { ...write, ...(this.owners.get(write.key) ?? { executionId: '', step: -1 }) };
    });
    this.read = this.target.writes.length;
    for (const write of fresh) this.take(write);
    return fresh;
  }

  private take(write: Attributed): void {
    const { key, verb, name, epoch, at, executionId, step } = write;
    const execution = this.known.get(executionId);
    const say = (what: string): unknown => this.found.push(`${executionId}: ${verb} of ${name}: ${what}`);
    if (this.seen.has(key)) say(`${verb === 'apply' ? 'I4' : 'I6'}: it had effect twice`);
    this.seen.add(key);
    this.last.set(name, write);
    if (execution === undefined) return;
    const { target } = execution;
    if (epoch < (this.highest.get(target) ?? 0)) say('I7: it came after one with a higher epoch');
    this.highest.set(target, Math.max(epoch, this.highest.get(target) ?? 0));
    const journal = this.intents.get(executionId) ?? [];
    const intent = intentOf(journal, write);
    if (intent === undefined) say('I5: nobody announced it');
    else if (at > intent.deadline + LATE_MS) say(`I5: it came ${at - intent.deadline} ms after its deadline`);
    if (verb === 'revert' && laterIsApplied(journal, step, at)) say('I6: a later step was still in force');
    if (verb === 'apply' && isTakenBack(journal, step, at)) say('I6: it had been taken back before');
    if (verb === 'apply' && !this.begun.has(executionId))
      this.begun.set(executionId, { at: beginningOf(journal) ?? at, execution });
  }

  /** Names the values that still are what an execution made of them. */
  leftBy(executionId: string): string[] {
    return [...this.last.values()]
      .filter((write) => write.executionId === executionId && write.verb === 'apply')
      .map(({ name }) => name);
  }

  /** Lists what the log shows that must not be, with the limits held against it. */
  wrong(): string[] {
    return [...this.found, ...this.exceeded(), ...this.tooSoon()];
  }

  /** I9: within any window no more executions began at the target than the limit says. */
  private exceeded(): string[] {
    const groups = new Map<string, { limit: number; times: Instant[] }>();
    const count = (key: string, limit: number, at: Instant): void => {
      const group = groups.get(key) ?? { limit, times: [] };
      group.times.push(at);
      groups.set(key, group);
    };
    for (const { at, execution } of this.begun.values()) {
      const { service, cluster } = execution.alert?.labels ?? {};
      count(`change budget of ${service}`, LIMITS.change, at);
      count(`rate of ${execution.runbook}`, LIMITS.rate, at);
      count(`blast radius of ${execution.runbook} in ${cluster}`, LIMITS.blast, at);
    }
    return [...groups].flatMap(([key, { limit, times }]) => {
      const sorted = times.toSorted((a, b) => a - b);
      const over = sorted.some((at, i) => at - (sorted[i - limit] ?? -Infinity) < LIMITS.perMs);
      return over ? [`I9: ${key}: more than ${limit} within the window`] : [];
    });
  }

  /** I9: two executions on one target keep their distance, but for the next rung of the same ladder. */
  private tooSoon(): string[] {
    const sorted = [...this.begun.values()].toSorted((a, b) => a.at - b.at);
    return sorted.flatMap(({ at, execution }, i) => {
      const before = sorted.slice(0, i).findLast((one) => one.execution.target === execution.target);
      if (before === undefined || at - before.at >= LIMITS.cooldownMs) return [];
      if (this.ancestorsOf(execution).includes(before.execution.id)) return [];
      return [`I9: cooldown of ${execution.target}: ${at - before.at} ms after ${before.execution.id}`];
    });
  }

  private ancestorsOf({ escalatedFrom }: Execution): string[] {
    const parent = escalatedFrom === undefined ? undefined : this.known.get(escalatedFrom);
    return parent === undefined
      ? []
      : [parent.id, ...(parent.escalatedFrom === undefined ? [] : [parent.escalatedFrom])];
  }
}

/** Gives the announcement of a write. */
function intentOf(journal: readonly JournalEntry[], { verb, step, epoch, at }: Attributed): Intent | undefined {
  const type = verb === 'apply' ? 'apply-intended' : 'revert-intended';
  const intents = journal.flatMap(({ event }) => (event.type === type && event.step === step ? [event.intent] : []));
  return intents.find((intent) => intent.epoch === epoch && intent.at <= at);
}

function isTakenBack(journal: readonly JournalEntry[], step: number, at: Instant): boolean {
  return journal.some((entry) => entry.event.type === 'reverted' && entry.event.step === step && entry.at < at);
}

/** Steps are taken back from the last to the first: a later one that took has been taken back by then. */
function laterIsApplied(journal: readonly JournalEntry[], step: number, at: Instant): boolean {
  const before = journal.filter((entry) => entry.at <= at).map(({ event }) => event);
  const applied = before.flatMap((event) => (event.type === 'applied' && event.step > step ? [event.step] : []));
  const back = before.flatMap((event) => (event.type === 'reverted' ? [event.step] : []));
  return applied.some((one) => !back.includes(one));
}

/** When the first effect was announced that was not withheld: what budgets count from. */
function beginningOf(journal: readonly JournalEntry[]): Instant | undefined {
  let first: Instant | undefined;
  let only = false;
  for (const { event } of journal) {
    if (event.type === 'apply-intended') {
      only = first === undefined;
      first ??= event.intent.at;
    } else if (event.type === 'apply-withheld' && only) {
      first = undefined;
    } else if (event.type.startsWith('appl')) {
      only = false;
    }
  }
  return first;
}
