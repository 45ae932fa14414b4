import type { Clock } from '../../../src/core/clock.js';
import type { Instant } from '../../../src/core/alert.js';
import type { Event } from '../../../src/core/event.js';
import { planOf, type Execution } from '../../../src/core/execution.js';
import type { PretendTarget } from '../../../src/testing/pretend-target.js';

/** How old what was read of the target may be when something is begun: the age of a plan, and slow calls before that. */
const OLD_MS = 120_000;

/** How long a probe may take to say what it saw. */
const SLOW_MS = 10_000;

/** Saw with its own eyes what people said and what the target and its metrics were like, and when. */
export class Witness {
  private readonly said = new Set<string>();
  private readonly seen = new Map<string, Instant>();
  private readonly over = new Map<string, Instant>();
  private guardWell: Instant;
  private stateWell: Instant;

  /**
   * @param target what is looked at
   * @param clock the time
   */
  constructor(
    private readonly target: PretendTarget,
    private readonly clock: Clock,
  ) {
    this.guardWell = clock.now();
    this.stateWell = clock.now();
  }

  /** Takes note of how things are now; must be called before anything is changed by hand. */
  look(): void {
    const now = this.clock.now();
    for (const [name, value] of this.target.values) this.seen.set(`${name} is ${JSON.stringify(value)}`, now);
    const { guard, measurement } = this.target;
    if (measurement !== 'unreachable' && measurement.status === 'healthy') this.stateWell = now;
    if (guard !== 'unreachable' && guard.status === 'healthy') this.guardWell = now;
  }

  /** A person agrees, with the roles that the person really holds. */
  heard(id: string, by: string, digest: string, roles: readonly string[]): void {
    this.said.add(JSON.stringify([id, by, digest, roles]));
  }

  /** The source says whether an alert fires. */
  told(fingerprint: string, fires: boolean): void {
    if (fires) this.over.delete(fingerprint);
    else this.over.set(fingerprint, this.clock.now());
  }

  /** Lists what does not go together with what was seen and heard. */
  saved(event: Event, before: Execution): string[] {
    this.look();
    if (event.type === 'approved') {
      const { by, digest, roles = [] } = event;
      const words = JSON.stringify([before.id, by, digest, roles]);
      return this.said.has(words) ? [] : [`I8: ${by} never said that: ${words}`];
    }
    if (event.type === 'sampled') {
      const { sample } = event;
      const isTrue = sample.status !== 'healthy' || sample.at - this.stateWell <= SLOW_MS;
      return isTrue ? [] : ['I5: taken for healthy, and the probe never said so'];
    }
    const begins = event.type === 'apply-intended' && before.steps.every(({ state }) => state === 'waiting');
    if (!begins) return [];
    const { at } = event.intent;
    const isOver = at > (this.over.get(before.alert?.fingerprint ?? '') ?? Infinity);
    const late = isOver ? ['I5: begun for an alert that is over'] : [];
    return [...late, ...this.stale(before, at), ...this.unmet(before, at)];
  }

  private stale(execution: Execution, at: Instant): string[] {
    const led = new Set<string>();
    return planOf(execution).flatMap(({ changes }) =>
      changes.flatMap(({ resource, from, to }) => {
        const isLed = led.has(`${resource} is ${JSON.stringify(from)}`);
        led.add(`${resource} is ${JSON.stringify(to)}`);
        // where an earlier step will have led to could not be seen yet
        if (isLed) return [];
        const planned = `${resource} is ${JSON.stringify(from)}`;
        const seen = this.seen.get(planned) ?? -Infinity;
        return at - seen <= OLD_MS ? [] : [`I8: a stale plan is begun: ${planned} no more`];
      }),
    );
  }

  private unmet({ orders }: Execution, at: Instant): string[] {
    const needsGuard = (orders.require ?? []).length > 0;
    return needsGuard && at - this.guardWell > OLD_MS ? ['begun although its precondition did not hold'] : [];
  }
}
