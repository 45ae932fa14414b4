import { sha1Hex, type AuditFact, type AuditHead, type AuditRecord } from './audit.js';
import { readAuditFact } from './stored-json.js';

/** What the chain says of one entry of a journal. */
export interface Recorded {
  readonly n: number;
  readonly at: number;
  readonly digest: string | undefined;
}

/** Goes along the chain, record after record, recomputes it and remembers what it says of journals. */
export class AuditWalk {
  /** The first record that is kept; what was before it nobody can say any more. */
  first: AuditFact | undefined;
  /** The last record that was seen. */
  last: AuditHead = { n: 0, hash: '' };
  count = 0;
  /** By execution, by place in its journal. */
  readonly events = new Map<string, Map<number, Recorded>>();
  private readonly asked = new Map<number, string | undefined>();

  /** @param asked numbers whose hash is wanted afterwards */
  constructor(asked: readonly number[]) {
    for (const n of asked) this.asked.set(n, undefined);
  }

  /** Gives the hash of a record that was asked for. */
  hashOf(n: number): string | undefined {
    return this.asked.get(n);
  }

  /** Takes the next record; says what is wrong with it. */
  take({ n, text, hash }: AuditRecord): string | undefined {
    const { last } = this;
    if (!Number.isSafeInteger(n)) return `what stands behind record ${last.n} is no record`;
    if (this.first !== undefined && n !== last.n + 1)
      return `record ${last.n + 1} is missing: after ${last.n} comes ${n}`;
    const isAnchor = this.first === undefined && n > 1;
    if (!isAnchor && hash !== sha1Hex(last.hash + text)) {
      const after = n === 1 ? '' : ` and record ${n - 1}`;
      return `record ${n} does not fit: its hash is not that of its text${after}`;
    }
    const fact = factOf(text);
    if (fact?.n !== n) return `record ${n} cannot be read as one`;
    this.first ??= fact;
    this.last = { n, hash };
    this.count += 1;
    if (this.asked.has(n)) this.asked.set(n, hash);
    return fact.seq === undefined ? undefined : this.remember(fact, fact.seq);
  }

  private remember({ n, at, of, digest }: AuditFact, seq: number): string | undefined {
    const known = this.events.get(of) ?? new Map<number, Recorded>();
    this.events.set(of, known);
    const before = known.get(seq);
    if (before !== undefined) return `records ${before.n} and ${n} are both of entry ${seq} of ${of}`;
    known.set(seq, { n, at, digest });
    return undefined;
  }
}

function factOf(text: string): AuditFact | undefined {
  try {
    return readAuditFact(text);
  } catch {
    return undefined;
  }
}
