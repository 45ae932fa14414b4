/**
 * What this process has seen of the servers of one cluster, by its own clock that never jumps. It is only a help: what
 * must be known after a restart stands in the heartbeat, which is on the standby.
 */
export class Watch {
  private readonly lostSince = new Map<string, number>();
  private readonly missedAt = new Map<string, number>();
  private readonly beats = new Map<string, { readonly at: number; readonly seenAt: number }>();

  /** Notes whether a server could be reached just now. */
  saw(node: string, there: boolean): void {
    const now = performance.now();
    if (there) {
      this.lostSince.delete(node);
      this.missedAt.delete(node);
      return;
    }
    this.missedAt.set(node, now);
    if (!this.lostSince.has(node)) this.lostSince.set(node, now);
  }

  /**
   * Notes a heartbeat that this process has written.
   *
   * @param at the heartbeat's own time, which names it
   */
  beat(node: string, at: number): void {
    this.beats.set(node, { at, seenAt: performance.now() });
  }

  /** How long ago a server was first found to be away, in milliseconds; absent when it was not. */
  lostFor(node: string): number | undefined {
    const since = this.lostSince.get(node);
    return since === undefined ? undefined : performance.now() - since;
  }

  /** How long ago a server was last found to be away, in milliseconds; absent when it was there since. */
  missedAgo(node: string): number | undefined {
    const at = this.missedAt.get(node);
    return at === undefined ? undefined : performance.now() - at;
  }

  /** How long after that heartbeat its server was found to be away, in milliseconds; absent when this process did not see both. */
  lostAfter(node: string, at: number): number | undefined {
    const [since, beat] = [this.lostSince.get(node), this.beats.get(node)];
    return since === undefined || beat?.at !== at ? undefined : since - beat.seenAt;
  }
}
