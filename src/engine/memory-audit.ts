import type { Instant } from '../core/alert.js';
import { sha1Hex, type AuditHead, type AuditRecord } from './audit.js';

/** The audit's chain in the memory twin; the same records as lua/shared.lua writes, and none is ever dropped. */
export class MemoryAudit {
  private readonly chain: AuditRecord[] = [];

  /** @param now the time of the test */
  constructor(private readonly now: () => Instant) {}

  /**
   * Adds a record.
   *
   * @param entry the record from its fourth field on
   * @param event place and time in a journal, for what happened to an execution
   */
  add(entry: string, event?: { readonly seq: number; readonly at: Instant }): void {
    const before = this.head();
    const n = before.n + 1;
    const place = event === undefined ? '' : `"seq":${event.seq},`;
    const text = `{"n":${n},"at":${event?.at ?? this.now()},${place}${entry}`;
    this.chain.push({ n, text, hash: sha1Hex(before.hash + text) });
  }

  /** The end of the chain. */
  head(): AuditHead {
    const { n, hash } = this.chain.at(-1) ?? { n: 0, hash: '' };
    return { n, hash };
  }

  /** Records behind a number, oldest first. */
  behind(after: number, limit: number): AuditRecord[] {
    return this.chain.slice(after, after + limit);
  }
}
