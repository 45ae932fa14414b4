import type { Claim } from '../core/claim.js';
import { actingClaims } from '../core/acting-claims.js';
import { explain, type ClaimRefusal } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { evolve } from '../core/evolve.js';
import type { Refusal } from '../core/evolved.js';
import type { Event } from '../core/event.js';
import { type Execution, type Intent, type Lowered } from '../core/execution.js';
import { loweredBy } from '../core/lowered.js';
import { nextMove } from '../core/next-move.js';
import type { Effects } from './effects.js';
import type { ExecutionStore, Stored } from './execution-store.js';
import type { Observer } from './observer.js';
import { UNSEEN, type Turn } from './turn.js';
import type { Wakeups } from './wakeups.js';

/** What a person's command led to. */
export type Commanded =
  | { readonly ok: true; readonly execution: Execution }
  | { readonly ok: false; readonly because: Refusal | 'not-found' | 'suppressed'; readonly detail: string };

/** What came of a save. */
type Appended =
  | { readonly is: 'saved'; readonly next: Execution }
  | { readonly is: 'stale' }
  | { readonly is: 'refused'; readonly refusal: ClaimRefusal };

/** How soon a paused step is looked at again. */
const PAUSED_AGAIN_MS = 1_000;

/**
 * Moves executions on. There is one loop for everything: load, ask the core for the next move, do that one thing, save
 * what came of it; until the execution must wait. Any worker may run it for any execution at any time: a save counts
 * only if nobody was faster.
 */
export class Engine {
  private readonly busy = new Map<string, { again: boolean }>();

  /**
   * @param store where the truth is
   * @param effects does what a move asks for
   * @param wakeups rings when it is time to go on
   * @param clock the shared time
   * @param observer sees what was saved
   */
  constructor(
    private readonly store: ExecutionStore,
    private readonly effects: Effects,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** Moves an execution on until it must wait. May be called at any time, by anyone, as often as one likes. */
  async advance(id: string): Promise<void> {
    const already = this.busy.get(id);
    if (already !== undefined) {
      already.again = true;
      return;
    }
    const turn = { again: false };
    this.busy.set(id, turn);
    try {
      do {
        turn.again = false;
        await this.turn(id);
      } while (turn.again);
    } finally {
      this.busy.delete(id);
    }
  }

  private async turn(id: string): Promise<void> {
    const turn = this.observer.turn?.() ?? UNSEEN;
    try {
      while (await this.moveOnce(id, turn));
      turn.end();
    } catch (error) {
      turn.end(error);
      throw error;
    }
  }

  /** Does the one next thing; false when there is nothing to do now. */
  private async moveOnce(id: string, turn: Turn): Promise<boolean> {
    const stored = await this.store.get(id);
    if (stored === undefined) {
      this.observer.warn('a wake-up names no execution; nothing is done', { executionId: id });
      return false;
    }
    return turn.within(stored, () => this.move(stored, turn));
  }

  private async move(stored: Stored, turn: Turn): Promise<boolean> {
    const [signal] = stored.signals;
    if (signal !== undefined) return this.takeIn(stored, signal);
    const { execution } = stored;
    const { id } = execution;
    const move = nextMove(execution, this.clock.now());
    switch (move.do) {
      case 'rest':
        return false;
      case 'wait':
        return this.sleep(id, move.until);
      case 'note':
        return this.save(stored, move.event);
      case 'plan':
        return this.save(stored, await this.plan(execution));
      case 'escalate':
        return this.save(stored, await this.effects.escalate(execution));
      case 'sample':
        return this.save(stored, await turn.verifying(() => this.effects.sample(execution)));
      case 'apply':
        return this.act(stored, move.step, 'apply');
      case 'settle':
        if (await this.effects.someoneIsOn(move.intent)) return this.sleep(id, this.clock.now() + PAUSED_AGAIN_MS);
        return this.outcome(id, await this.effects.settle(execution, move.step, move.intent));
      case 'revert':
        if (move.intent === undefined) return this.act(stored, move.step, 'revert');
        if (await this.effects.someoneIsOn(move.intent)) return this.sleep(id, this.clock.now() + PAUSED_AGAIN_MS);
        // counts as a failed attempt, so that a revert which kills its worker each time ends with a person
        return this.outcome(id, unknownRevert(move.step, move.intent));
    }
  }

  /** Makes the plan, and says how far the execution may go with it. */
  private async plan(execution: Execution): Promise<Event> {
    const [event, standing] = await Promise.all([
      this.effects.plan(execution),
      this.store.governance.standing(execution),
    ]);
    if (event.type !== 'planned') return event;
    const lowered = loweredBy(execution, standing);
    return lowered === undefined ? event : { ...event, lowered };
  }

  /** Saves the intent, does the effect, saves its outcome: in this order, so that nothing is ever done that nobody knows of. */
  private async act(stored: Stored, step: number, direction: 'apply' | 'revert'): Promise<boolean> {
    const { execution } = stored;
    if (direction === 'apply' && this.effects.mayNotBegin(execution) !== undefined)
      return this.sleep(execution.id, this.clock.now() + PAUSED_AGAIN_MS);
    const intent = this.effects.intent(stored, step, direction);
    const event: Event = { type: direction === 'apply' ? 'apply-intended' : 'revert-intended', step, intent };
    // taking back stays possible while everything else is paused
    const claims = direction === 'apply' ? actingClaims(execution, step) : [];
    const saved = await this.append(stored, event, claims);
    if (saved.is === 'stale') return true;
    if (saved.is === 'refused') return this.refused(stored, saved.refusal);
    return this.outcome(execution.id, await this.effects[direction](saved.next, step, intent));
  }

  /** A claim that was free when the execution was opened is not any more: some refusals pass, others end it. */
  private async refused(stored: Stored, refusal: ClaimRefusal): Promise<boolean> {
    const { execution } = stored;
    switch (refusal.because) {
      case 'storm':
      case 'loop':
        return this.save(stored, { type: 'blocked', because: refusal.because, detail: explain(refusal) });
      case 'not-trusted': {
        const { to, why } = refusal;
        const lowered: Lowered = { from: execution.mode, to, why, detail: explain(refusal) };
        return this.save(stored, { type: 'lowered', lowered });
      }
      case 'stale':
      case 'duplicate':
      case 'paused':
      case 'target-busy':
      case 'cooldown':
      case 'rate':
      case 'blast-radius':
      case 'change-budget':
      case 'conflict':
      case 'capacity':
        return this.sleep(execution.id, this.clock.now() + PAUSED_AGAIN_MS);
    }
  }

  /** Saves what has really happened: when somebody else saved meanwhile, it is told to the execution as it now stands. */
  private async outcome(id: string, event: Event): Promise<boolean> {
    for (;;) {
      const stored = await this.store.get(id);
      if (stored === undefined) return false;
      const evolved = evolve(stored.execution, event, this.clock.now());
      if (!evolved.ok) {
        this.observer.warn('an outcome came too late and was not counted', { executionId: id, detail: evolved.detail });
        return true;
      }
      if ((await this.append(stored, event, [])).is !== 'stale') return true;
    }
  }

  private async save(stored: Stored, event: Event): Promise<boolean> {
    await this.append(stored, event, []);
    return true;
  }

  /** News of the alert is taken in also where the phase does not answer to it, so that it does not come again. */
  private async takeIn(stored: Stored, signal: Event): Promise<boolean> {
    const at = this.clock.now();
    const evolved = evolve(stored.execution, signal, at);
    const next = evolved.ok ? evolved.next : stored.execution;
    const saved = await this.store.append({ before: stored, event: signal, next, at });
    if (saved.saved === 'yes') this.observer.saved(signal, stored.execution, next, saved.lowered);
    return true;
  }

  private async append(before: Stored, event: Event, claims: readonly Claim[]): Promise<Appended> {
    const at = this.clock.now();
    const evolved = evolve(before.execution, event, at);
    if (!evolved.ok) return { is: 'stale' };
    const { next } = evolved;
    const saved = await this.store.append({ before, event, next, at, claims });
    if (saved.saved === 'refused') return { is: 'refused', refusal: saved.refusal };
    if (saved.saved === 'stale') return { is: 'stale' };
    this.observer.saved(event, before.execution, next, saved.lowered);
    return { is: 'saved', next };
  }

  private async sleep(id: string, until: number): Promise<boolean> {
    // the store knows the time as well: a bell that could not be set is found by the sweeper
    await this.wakeups
      .ring(id, until)
      .catch((error: unknown) => this.observer.warn('a wake-up could not be set', { executionId: id, error }));
    return false;
  }

  /**
   * Carries out a person's command.
   *
   * @param id of the execution
   * @param event what the person wants
   * @returns the execution afterwards, or why it does not answer to this; repeating it is harmless
   */
  async command(id: string, event: Event): Promise<Commanded> {
    for (;;) {
      const before = await this.store.get(id);
      if (before === undefined) return { ok: false, because: 'not-found', detail: `there is no execution ${id}` };
      const at = this.clock.now();
      const evolved = evolve(before.execution, event, at);
      if (!evolved.ok && evolved.because === 'already') return { ok: true, execution: before.execution };
      if (!evolved.ok) return evolved;
      // an execution that ended has let go of its target
      const reopens = before.execution.state.phase === 'closed';
      const claims: Claim[] = reopens ? [{ kind: 'exclusive', target: before.execution.target }] : [];
      const saved = await this.store.append({ before, event, next: evolved.next, at, claims });
      if (saved.saved === 'stale') continue;
      if (saved.saved === 'refused') return { ok: false, because: 'suppressed', detail: explain(saved.refusal) };
      this.observer.saved(event, before.execution, evolved.next, saved.lowered);
      await this.sleep(id, at);
      return { ok: true, execution: evolved.next };
    }
  }
}

function unknownRevert(step: number, { epoch }: Intent): Event {
  const detail = 'the process that was taking it back ended before it could say what came of it';
  return { type: 'revert-failed', step, epoch, detail, again: true };
}
