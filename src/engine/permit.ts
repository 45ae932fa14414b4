import { unpausedOf } from '../core/acting-claims.js';
import { explain } from '../core/claim-refusal.js';
import type { Clock } from '../core/clock.js';
import { sayDuration } from '../core/duration.js';
import type { Execution, Intent } from '../core/execution.js';
import { pauses, type Pause } from '../core/pause.js';
import { messageOf } from '../core/message-of.js';
import type { FenceAnswer } from '../plugin-host/host.js';
import type { ExecutionStore } from './execution-store.js';

/** How often a worker reads the pauses. */
const EVERY_MS = 500;
/** A pause is in force within five seconds also where the store is out of reach; one of them is left for the way to the target. */
export const GOOD_FOR_MS = 4_000;
/** A pause is in force within a second where the store is in reach, so that an answer older than that is none. */
export const PROMPT_MS = 900;

/** What a worker that keeps a permit comes to know. */
export type PermitNews = 'ran-out' | 'good-again' | 'paused' | 'paused-no-more';

/** Is told each news once, with a sentence about it. */
export type PermitObserver = (news: PermitNews, about?: string) => void;

/**
 * What a worker must have in order to begin anything: fresh word from the store that nothing pauses it. It runs out by
 * itself, so that a worker which is cut off from the store, or stood still, stops without being told.
 */
export class Permit {
  private known: readonly Pause[] = [];
  /** When the last question was sent that was answered: a pause made after that may be missing. */
  private heardAt = Number.NEGATIVE_INFINITY;
  private trouble = '';
  private hasRunOut = false;
  private cancel: (() => void) | undefined;

  /**
   * @param owner names this process among all workers
   * @param store where the pauses are
   * @param clock the shared time
   * @param observe is told of pauses, and when the permit runs out
   * @param elapsed milliseconds of a clock that nobody can set
   */
  constructor(
    readonly owner: string,
    private readonly store: Pick<ExecutionStore, 'pauses' | 'holdsEpoch' | 'look' | 'beat' | 'alive'>,
    private readonly clock: Clock,
    private readonly observe: PermitObserver,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Keeps the permit fresh from now on. */
  start(): void {
    this.cancel = this.clock.after(EVERY_MS, () => {
      void this.refresh().finally(() => {
        if (this.cancel !== undefined) this.start();
      });
    });
  }

  /** Lets the permit run out. */
  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Reads the pauses once; a failure is made up for by the next time, or the permit runs out. */
  async refresh(): Promise<void> {
    const askedAt = this.elapsed();
    try {
      this.learn(await this.store.pauses());
      this.heardAt = askedAt;
      this.trouble = '';
    } catch (error) {
      this.trouble = `: ${messageOf(error)}`;
    }
    this.notice();
  }

  private learn(pausesNow: readonly Pause[]): void {
    for (const pause of without(pausesNow, this.known)) this.observe('paused', describe(pause));
    for (const pause of without(this.known, pausesNow)) this.observe('paused-no-more', describe(pause));
    this.known = pausesNow;
  }

  /** How old the word from the store is. */
  ageMs(): number {
    return this.elapsed() - this.heardAt;
  }

  /** Says why nothing may be begun for an execution now, or nothing when it may. */
  refusal(execution: Execution): string | undefined {
    const because = this.notice();
    if (because !== undefined) return because;
    const { scopes } = unpausedOf(execution);
    const pause = this.known.find((one) => pauses(one, scopes, this.clock.now()));
    return pause === undefined ? undefined : explain({ because: 'paused', scope: pause.scope, reason: pause.reason });
  }

  /** The fence of an apply: asks the store whether nobody has taken over and nothing pauses it; no prompt answer is a no. */
  async mayApply(execution: Execution, intent: Intent): Promise<FenceAnswer> {
    if (this.clock.now() >= intent.deadline) return TOO_LATE;
    const askedAt = this.elapsed();
    try {
      const [holds, refusal] = await Promise.all([
        this.store.holdsEpoch(execution.target, intent.epoch),
        this.store.look([unpausedOf(execution)], execution.id),
      ]);
      if (!holds) return OVERTAKEN;
      if (refusal !== undefined) return withheld(explain(refusal));
    } catch (error) {
      return withheld(`the store cannot be asked: ${messageOf(error)}`);
    }
    const tookMs = this.elapsed() - askedAt;
    return tookMs > PROMPT_MS ? withheld(`the store's answer took ${sayDuration(tookMs)}`) : OPEN;
  }

  /** The fence of a revert: taking back stays possible while everything else is paused. */
  async mayRevert(execution: Execution, intent: Intent): Promise<FenceAnswer> {
    if (this.clock.now() >= intent.deadline) return TOO_LATE;
    try {
      return (await this.store.holdsEpoch(execution.target, intent.epoch)) ? OPEN : OVERTAKEN;
    } catch (error) {
      return withheld(`the store cannot be asked: ${messageOf(error)}`);
    }
  }

  /** Says to the other workers that this process lives, for the next `ttlMs`. */
  beat(ttlMs: number): Promise<void> {
    return this.store.beat(this.owner, ttlMs);
  }

  /** Tells whether a process lives. */
  alive(owner: string): Promise<boolean> {
    return this.store.alive(owner);
  }

  /** Sees whether the permit has run out, and tells of each change once. */
  private notice(): string | undefined {
    const age = this.ageMs();
    const since = age === Infinity ? 'yet' : `for ${sayDuration(age)}`;
    const because = age > GOOD_FOR_MS ? `nothing was heard from the store ${since}${this.trouble}` : undefined;
    const hasRunOut = because !== undefined;
    if (hasRunOut !== this.hasRunOut) this.observe(hasRunOut ? 'ran-out' : 'good-again', because);
    this.hasRunOut = hasRunOut;
    return because;
  }
}

const OPEN: FenceAnswer = { open: true };
const OVERTAKEN: FenceAnswer = {
  open: false,
  because: 'overtaken',
  detail: 'another process has taken over this step',
};

/** Whoever stood still for so long does not know any more what it acts on. */
const TOO_LATE = withheld('its time was over before it was done');

function withheld(detail: string): FenceAnswer {
  return { open: false, because: 'withheld', detail };
}

function without(some: readonly Pause[], others: readonly Pause[]): Pause[] {
  return some.filter(({ id }) => !others.some((other) => other.id === id));
}

function describe({ id, scope, reason, by }: Pause): string {
  return `${scope}: ${reason} (${id} by ${by})`;
}
