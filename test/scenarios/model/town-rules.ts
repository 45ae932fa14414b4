import { unpausedOf } from '../../../src/core/acting-claims.js';
import type { Instant } from '../../../src/core/alert.js';
import { replay } from '../../../src/core/evolve.js';
import { isInForce, type Execution } from '../../../src/core/execution.js';
import { pauses, type Pause } from '../../../src/core/pause.js';
import type { Append } from '../../../src/engine/execution-store.js';
import type { World } from '../../../src/testing/world.js';
import { legalMove } from './legal-moves.js';
import { legal } from './legal.js';
import { TargetLog } from './target-log.js';
import { TrustNotes } from './trust-notes.js';
import { unapproved } from './unapproved.js';
import { attemptedAgain } from './violations.js';
import { Witness } from './witness.js';

/** How late a thing may be while a worker lives: the sweeper, calls that are slow or hang, and the next attempt. */
const LATE_MS = 60_000;

/**
 * Watches a town and knows what must never be so. It keeps its own simple notes of what was said and of what the target
 * has logged, and believes no more of the store than it must.
 */
export class TownRules {
  private readonly found: string[] = [];
  private readonly changed = new Set<string>();
  private readonly executions = new Map<string, Execution>();
  private readonly standing = new Map<string, Pause>();
  private readonly epochs = new Map<string, number>();
  private readonly log: TargetLog;
  private readonly trust = new TrustNotes();
  /** What was seen and heard. */
  readonly witness: Witness;
  /** Since when some worker has been well all the time. */
  private wellSince: Instant;

  /** @param world what is watched */
  constructor(private readonly world: World) {
    this.log = new TargetLog(world.target);
    this.witness = new Witness(world.target, world.clock);
    this.wellSince = world.clock.now();
    world.store.watch((id) => this.changed.add(id));
  }

  /** A pause is in force from now on. */
  paused(pause: Pause): void {
    this.standing.set(pause.id, pause);
  }

  /** A pause is not in force any more. */
  lifted(id: string): void {
    this.standing.delete(id);
  }

  /** A person trusts a runbook again. */
  trusted(runbook: string): void {
    this.trust.restored(runbook);
  }

  /** Somebody has changed a value by hand. */
  drifted(name: string): void {
    this.log.drifted(name);
  }

  /** The ids of all executions, those that changed last at the end. */
  get ids(): readonly string[] {
    return [...this.executions.keys()];
  }

  /** An execution as it was when it was looked at last. */
  execution(id: string): Execution | undefined {
    return this.executions.get(id);
  }

  /** An event was saved just now. */
  saved({ event, before: { execution: before }, next: after, at }: Append): void {
    this.complain(after.id, legalMove({ before, event, at, after }));
    this.complain(after.id, [...this.trust.saved(event, before, after), ...this.witness.saved(event, before)]);
    if (event.type !== 'apply-intended' && event.type !== 'revert-intended') return;
    const { target } = after;
    const { epoch } = event.intent;
    if (epoch <= (this.epochs.get(target) ?? 0)) this.complain(after.id, ['I7: an epoch that is not the highest']);
    this.epochs.set(target, epoch);
    if (event.type === 'apply-intended' && this.pauseOf(after, event.intent.at) !== undefined)
      this.complain(after.id, ['I10: an intent while it was paused']);
  }

  private pauseOf(execution: Execution, at: Instant): Pause | undefined {
    const { scopes } = unpausedOf(execution);
    return [...this.standing.values()].find((pause) => pause.at < at && pauses(pause, scopes, at));
  }

  private complain(id: string, wrong: readonly string[]): void {
    this.found.push(...wrong.map((one) => `${id} ${this.executions.get(id)?.runbook ?? ''}: ${one}`));
  }

  /** Lists what is wrong now; empty when all is well. */
  async check(isSomeoneWell: boolean): Promise<string[]> {
    const now = this.world.clock.now();
    this.witness.look();
    if (!isSomeoneWell) this.wellSince = now;
    const changed = [...this.changed];
    this.changed.clear();
    for (const id of changed) await this.look(id);
    for (const write of this.log.news()) {
      const execution = this.executions.get(write.executionId);
      if (execution === undefined) this.found.push(`I5: ${write.name} was changed by nobody`);
      else if (write.verb === 'apply' && this.pauseOf(execution, write.at) !== undefined)
        this.complain(execution.id, [`I10: ${write.name} was changed while it was paused`]);
    }
    this.complainOfLate(now);
    return [...this.found, ...this.crowds(), ...this.log.wrong()];
  }

  private async look(id: string): Promise<void> {
    const stored = await this.world.store.get(id);
    if (stored === undefined) return;
    const { execution } = stored;
    const journal = await this.world.store.journal(id);
    this.executions.delete(id);
    this.executions.set(id, execution);
    this.log.know(execution, journal);
    this.complain(id, [...legal(execution), ...unapproved(journal), ...attemptedAgain(execution, journal)]);
    if (JSON.stringify(replay(journal)) !== JSON.stringify(execution))
      this.complain(id, ['I13: the journal tells of another execution']);
  }

  /** I3: one open execution for each runbook and alert, and one for each target of those that may act. */
  private crowds(): string[] {
    const open = [...this.executions.values()].filter(({ state }) => state.phase !== 'closed');
    const answers = open.map(({ runbook, alert }) => `${runbook} for ${alert?.fingerprint}`);
    const holders = open.filter(({ runbook }) => runbook !== 'watch').map(({ target }) => target);
    return [...answers, ...holders].filter((one, i, all) => all.indexOf(one) !== i).map((one) => `I3: two of ${one}`);
  }

  /** I5, I11: nothing stands over its time while a worker lives that could see to it. */
  private complainOfLate(now: Instant): void {
    if (now - this.wellSince < LATE_MS) return;
    for (const { id, state } of this.executions.values()) {
      if (state.phase === 'holding' && now > state.leaseUntil + LATE_MS)
        this.complain(id, [`I11: in force ${now - state.leaseUntil} ms after the end of its lease`]);
      if (state.phase === 'awaiting-approval' && now > state.expiresAt + LATE_MS)
        this.complain(id, ['I5: a question that is over is still asked']);
      const intent = state.phase === 'applying' && state.effect.is === 'intended' ? state.effect.intent : undefined;
      if (intent !== undefined && now > intent.deadline + LATE_MS)
        this.complain(id, ['I5: an effect that nobody looks after']);
    }
  }

  /** Lists what must not be so when all faults are gone and enough time has passed. */
  async checkQuiet(): Promise<string[]> {
    const wrong = await this.check(true);
    for (const { id, runbook, state, steps, escalation, escalatedFrom } of this.executions.values()) {
      const say = (what: string): unknown => wrong.push(`${id} ${runbook}: ${what}`);
      if (state.phase !== 'closed' && state.phase !== 'held') say(`I5: it still stands in ${state.phase}`);
      if (escalation?.is === 'due') say('I5: the next runbook was never opened');
      const parent = escalatedFrom === undefined ? undefined : this.executions.get(escalatedFrom)?.escalation;
      if (escalatedFrom !== undefined && !(parent?.is === 'opened' && parent.executionId === id))
        say(`I3: opened for ${escalatedFrom}, which knows nothing of it`);
      if (state.phase !== 'closed') continue;
      const left = steps.filter(isInForce).length > 0;
      const mayStay = state.outcome === 'succeeded' || state.outcome === 'accepted';
      if (left && !mayStay) say(`I5: it ${state.outcome} and leaves something in force`);
      if (!left) for (const name of this.log.leftBy(id)) say(`I6: it ${state.outcome}, and ${name} is still changed`);
    }
    return wrong;
  }
}
