import type { Instant } from '../core/alert.js';
import { formatDuration } from '../core/duration.js';
import { tooBad } from './abort.js';
import type { Drill } from './drill-schema.js';
import type { DrillParts } from './ports.js';
import { messageOf } from '../core/message-of.js';
import { waited } from './waiting.js';

/** What happened while the fault was in force. */
export interface Course {
  readonly injectedAt: Instant;
  /** Absent when it could not be taken back. */
  readonly takenBackAt?: Instant;
  readonly end: 'over' | 'aborted' | 'interrupted';
  /** Why it ended early; empty when it did not. */
  readonly why: string;
  /** What went wrong with the fault itself. */
  readonly trouble: readonly string[];
}

const POLL_MS = 1_000;
/** An abort criterion that cannot be asked so often in a row ends the drill: what nobody sees, nobody may break. */
const BLIND = 3;
const ATTEMPTS = 5;

/** Makes the fault, watches until its time is over or something ends it early, and takes it back in any case. */
export async function underFault(drill: Drill, parts: DrillParts): Promise<Course> {
  const { clock, injector, say } = parts;
  const { for: forMs } = drill.spec.inject;
  say(`fault: ${injector.what}`);
  const injectedAt = clock.now();
  const trouble: string[] = [];
  let end: Pick<Course, 'end' | 'why'> = { end: 'aborted', why: 'the fault could not be made' };
  try {
    await injector.begin(forMs);
    end = await watch(drill, parts, injectedAt + forMs);
  } catch (error) {
    // it may be in force all the same, so it is taken back below
    end = { end: 'aborted', why: `the fault could not be made: ${messageOf(error)}` };
  } finally {
    const failure = await takeBack(drill, parts);
    if (failure !== undefined) trouble.push(failure);
  }
  return { injectedAt, ...(trouble.length === 0 ? { takenBackAt: clock.now() } : {}), ...end, trouble };
}

/** Waits for the end of the fault; asks all the time whether it has become too bad. */
async function watch(
  { spec }: Drill,
  { clock, stop, measures, say }: DrillParts,
  endAt: Instant,
): Promise<Pick<Course, 'end' | 'why'>> {
  let blind = 0;
  for (;;) {
    const left = endAt - clock.now();
    if (left <= 0) return { end: 'over', why: '' };
    if (!(await waited(clock, Math.min(POLL_MS, left), stop))) return { end: 'interrupted', why: 'it was interrupted' };
    try {
      const bad = await tooBad(spec, measures);
      if (bad !== undefined) return { end: 'aborted', why: bad };
      blind = 0;
    } catch (error) {
      blind++;
      say(`the abort criteria cannot be asked: ${messageOf(error)}`);
      if (blind >= BLIND) return { end: 'aborted', why: `the abort criteria cannot be asked: ${messageOf(error)}` };
    }
  }
}

/** Tries some times; nobody may stop it. Gives what to do when it was in vain. */
async function takeBack({ spec }: Drill, { clock, injector, say, undo }: DrillParts): Promise<string | undefined> {
  const never = new AbortController().signal;
  for (let attempt = 1; ; attempt++) {
    try {
      await injector.end();
      say('the fault is taken back');
      return undefined;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        const itself = injector.endsItself ? `; it ends by itself after ${formatDuration(spec.inject.for)}` : '';
        const failure = `the fault could not be taken back: ${messageOf(error)}; by hand: ${undo}${itself}`;
        say(`THE FAULT MAY STILL BE IN FORCE: ${failure}`);
        return failure;
      }
      say(`the fault is not taken back yet: ${messageOf(error)}`);
      await waited(clock, POLL_MS, never);
    }
  }
}
