/** Lets only so many work at the same time; the others wait for their turn, first come, first served. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  /** @param most how many may work at the same time */
  constructor(most: number) {
    this.free = most;
  }

  /** Works when it is its turn; whoever fails gives the turn on like everybody else. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((begin) => this.waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
