import type { Clock } from '../../core/clock.js';
import type { Saying } from './messages.js';
import { errorFrom } from './sent-failure.js';

/** Loading a module and making clients of it: without I/O, so it takes as long as the processor does. */
const START_WITHIN_MS = 20_000;

/** What is expected of a child while it starts: one saying after the other, each within its time. */
export class StartTalk {
  private readonly waiting: ((saying: Saying | Error) => void)[] = [];

  /**
   * @param clock for the deadline
   * @param late is told when nothing came in time, and why that is the end
   */
  constructor(
    private readonly clock: Clock,
    private readonly late: (detail: string) => void,
  ) {}

  /**
   * Waits for the child to say this.
   *
   * @throws Error with the child's own reason when it refuses, or when it ends
   */
  expect<S extends Saying['say']>(say: S): Promise<Extract<Saying, { say: S }>> {
    return new Promise((resolve, reject) => {
      const inTime = this.clock.after(START_WITHIN_MS, () => {
        this.late(`it did not start within ${START_WITHIN_MS / 1000} s`);
      });
      const isWanted = (saying: Saying): saying is Extract<Saying, { say: S }> => saying.say === say;
      this.waiting.push((saying) => {
        inTime();
        if (saying instanceof Error) reject(saying);
        else if (isWanted(saying)) resolve(saying);
        else reject(saying.say === 'refused' ? errorFrom(saying.failure) : new Error(`it said ${saying.say} unasked`));
      });
    });
  }

  /** Takes what it says; what nobody waits for is passed over. */
  hear(saying: Saying): void {
    this.waiting.shift()?.(saying);
  }

  /** It has ended, and will say nothing more. */
  fail(error: Error): void {
    for (const take of this.waiting.splice(0)) take(error);
  }
}
