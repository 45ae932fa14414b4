import type { ChildProcess } from 'node:child_process';
import type { PluginError } from '../../src/plugin-sdk/index.js';

/** Between SIGTERM and SIGKILL, and again before what is left of it is given up. */
const GRACE_MS = 1_000;

/** Stops a process group, first politely. */
export class Stopping {
  /** Why it is being stopped; undefined while it may run. */
  because: PluginError | undefined;
  /** Comes when even SIGKILL did not end it, as with a process that waits for a broken disk. */
  readonly givenUp: Promise<void>;
  private giveUp: () => void = () => {};
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  /** @param child the first process of the group, started as `detached` */
  constructor(private readonly child: ChildProcess) {
    this.givenUp = new Promise((resolve) => (this.giveUp = resolve));
  }

  /**
   * Asks the group to end, and ends it a second later.
   *
   * @param because what the one who waits for it is told
   */
  stop(because: PluginError): void {
    if (this.because !== undefined) return;
    this.because = because;
    this.kill('SIGTERM');
    this.timer = setTimeout(() => {
      this.kill('SIGKILL');
      this.timer = setTimeout(this.giveUp, GRACE_MS);
    }, GRACE_MS);
  }

  /** What is left of the group goes with its first process. */
  end(): void {
    clearTimeout(this.timer);
    // Once only: later the group's number may be given to others.
    if (!this.isOver) this.kill('SIGKILL');
    this.isOver = true;
  }

  private kill(how: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, how);
    } catch {
      // Nobody is left in the group.
    }
  }
}
