import type { Fence } from '../plugin-host/host.js';

/** The fence of one call, which remembers whether anything can have passed it. */
export class Gate {
  private wasOpen = false;
  private refusal: string | undefined;

  /** @param ask says whether whoever acts still may */
  constructor(private readonly ask: Fence) {}

  /** What the call is given. */
  readonly fence: Fence = async () => {
    const answer = await this.ask();
    if (answer.open) this.wasOpen = true;
    else if (answer.because === 'withheld') this.refusal = answer.detail;
    return answer;
  };

  /** Says why nothing has passed, for a call that has come back; nothing when something may have. */
  withheld(): string | undefined {
    return this.wasOpen ? undefined : this.refusal;
  }
}
