import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { StandingProbe } from '../config/standing-probes.js';
import type { CenterConditions, CenterReports } from '../core/affinity.js';
import type { Clock } from '../core/clock.js';
import type { ProbeOrder } from '../core/orders.js';
import type { Reading } from '../plugin-host/host.js';
import type { StandingAnswer, StandingReports } from './answer.js';
import { conditionsOf } from './conditions.js';
import { Patrol } from './patrol.js';
import { keyOf, MOST_POSTS, postsOf, type Ground, type Post } from './post.js';
import { Turns } from './turns.js';

/** How often it is looked whether the topology is another one. */
const LOOK_EVERY_MS = 1_000;
/** A process waits so long for the first answers, so that it does not begin to choose centres that it knows nothing of. */
const FIRST_ANSWERS_MS = 1_000;
/** One probe may be asked for so many centres at the same time. */
const MOST_AT_ONCE = 10;

/** Asks one probe once; an answer that does not come in time is one too. */
export type Look = (order: ProbeOrder, timeoutMs: number) => Promise<Reading>;

/** Hears what standing probes say. */
export interface WatchObserver {
  /** Every answer, and how long it took. */
  answered(answer: StandingAnswer, seconds: number): void;
  /** Something that somebody should know of. */
  warn(message: string): void;
}

/** Asks the standing probes all the time, for the centres of the topology in force, and knows what they said last. */
export class StandingProbes implements CenterReports, StandingReports, OnApplicationBootstrap, OnApplicationShutdown {
  private patrols = new Map<string, Patrol>();
  private readonly turns = new Map<string, Turns>();
  private ground: Ground | undefined;
  private cancel: (() => void) | undefined;

  /**
   * @param probes as firebreak.yaml describes them
   * @param groundNow gives the topology in force
   * @param look asks a probe
   * @param clock the shared time
   */
  constructor(
    private readonly probes: readonly StandingProbe[],
    private readonly groundNow: () => Ground,
    private readonly look: Look,
    private readonly clock: Clock,
    private readonly observer: WatchObserver,
  ) {}

  /** Begins to ask, and comes back when each has answered once, or after a second. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.probes.length === 0) return;
    const first = this.follow();
    this.lookAgain();
    await new Promise<void>((resolve) => {
      const stop = this.clock.after(FIRST_ANSWERS_MS, resolve);
      void first.then(stop).then(resolve);
    });
  }

  /** Asks no more. */
  onApplicationShutdown(): void {
    this.cancel?.();
    this.cancel = undefined;
    for (const patrol of this.patrols.values()) patrol.stop();
  }

  answers(): readonly StandingAnswer[] {
    return [...this.patrols.values()].flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  }

  conditions(): CenterConditions {
    return conditionsOf(this.answers(), this.clock.now());
  }

  private lookAgain(): void {
    this.cancel = this.clock.after(LOOK_EVERY_MS, () => {
      void this.follow();
      this.lookAgain();
    });
  }

  /** Takes up what is new in the topology and drops what is gone; what is as it was goes on without a break. */
  private async follow(): Promise<void> {
    const ground = this.groundNow();
    if (ground === this.ground) return;
    this.ground = ground;
    const posts = postsOf(this.probes, ground);
    if (posts.length > MOST_POSTS) {
      const left = posts.length - MOST_POSTS;
      this.observer.warn(
        `standing probes: ${posts.length} probes and centres are too many, the last ${left} are left out`,
      );
    }
    const before = this.patrols;
    this.patrols = new Map();
    const begun: Promise<void>[] = [];
    for (const post of posts.slice(0, MOST_POSTS)) {
      const key = keyOf(post);
      const old = before.get(key);
      if (old !== undefined && isSame(old.post, post)) this.patrols.set(key, old);
      else begun.push(this.begin(key, post));
    }
    for (const [key, patrol] of before) if (this.patrols.get(key) !== patrol) patrol.stop();
    await Promise.all(begun);
  }

  private begin(key: string, post: Post): Promise<void> {
    let seconds = 0;
    const ask = async (): Promise<Reading> => {
      const { answer, took } = await this.turnsOf(post.probe.name).take(() => this.askOnce(post));
      seconds = took;
      return answer;
    };
    const patrol = new Patrol(post, ask, this.clock, (answer) => this.observer.answered(answer, seconds));
    this.patrols.set(key, patrol);
    return patrol.start();
  }

  private async askOnce({ order, probe }: Post): Promise<{ answer: Reading; took: number }> {
    const began = performance.now();
    const answer: Reading = order.ok
      ? await this.look(order.value, probe.timeoutMs)
      : { at: this.clock.now(), status: 'error', detail: `cannot be asked: ${order.detail}` };
    return { answer, took: (performance.now() - began) / 1000 };
  }

  /** Each probe has turns of its own, so that one whose answers do not come never keeps another from asking. */
  private turnsOf(probe: string): Turns {
    const turns = this.turns.get(probe) ?? new Turns(MOST_AT_ONCE);
    this.turns.set(probe, turns);
    return turns;
  }
}

function isSame(one: Post, other: Post): boolean {
  return JSON.stringify(one.order) === JSON.stringify(other.order);
}
