/** So many calls into one plugin for one target may be under way; more would pile up on a system that does not answer. */
export const MOST_UNSETTLED = 3;

/** Counts the calls that have not come back, also those that nobody waits for any more because their deadline has passed. */
export class Unsettled {
  private readonly counts = new Map<string, number>();

  /** Tells how many calls of this name have not come back. */
  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** Counts a call until it settles, however late. */
  async during<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.counts.set(name, this.of(name) + 1);
    try {
      return await run();
    } finally {
      const left = this.of(name) - 1;
      if (left > 0) this.counts.set(name, left);
      else this.counts.delete(name);
    }
  }
}
