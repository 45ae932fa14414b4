import type { Instant } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { CapacityRefusal } from '../core/claim-refusal.js';
import type { ServingRule } from '../core/governor.js';
import { leftOf, restOf, type CenterMove } from '../core/serving-rule.js';
import type { CenterRecord, OutOfService } from './governance.js';
import type { Moved, Settled } from './save-besides.js';

type Serving = Extract<Claim, { kind: 'serving' }>;

/** Which centres are out of service, in the memory twin: for each those who took it out; and how each was moved last. */
export class MemoryCenters {
  private readonly out = new Map<string, readonly string[]>();
  /** What an execution has brought back in, and who had taken that out. */
  private readonly back = new Map<string, { readonly center: string; readonly owners: readonly string[] }>();
  private readonly moves = new Map<string, CenterMove>();
  private readonly proven = new Map<string, Instant>();

  /** @param now the time of the test */
  constructor(private readonly now: () => Instant) {}

  /** Holds the topology's assertions against the state that the claim would lead to. */
  refusal(claim: Serving, id: string): CapacityRefusal | undefined {
    const { out: center, in: into } = claim;
    const takenOutBy = claim.serves === true && into !== undefined ? this.without(into, id)[0] : undefined;
    if (into !== undefined && takenOutBy !== undefined) return { because: 'capacity', center: into, takenOutBy };
    const byOthers = [...this.out].filter(([, owners]) => owners.some((owner) => owner !== id));
    const out = new Set(byOthers.map(([one]) => one));
    if (into !== undefined) out.delete(into);
    out.add(center);
    for (const rule of claim.rules) {
      const { left, needed } = leftOf(rule, out);
      if (Object.hasOwn(rule.among, center) && left < needed)
        return { because: 'capacity', rule: rule.name, left, needed };
      const rest = this.resting(rule, center, 'out', claim, id) ?? this.resting(rule, into, 'in', claim, id);
      if (rest !== undefined) return rest;
    }
    return undefined;
  }

  /** Takes a centre out of service. */
  take(center: string, by: string): void {
    this.keep(center, [...this.without(center, by), by]);
  }

  /**
   * An event has moved centres. Given back, a centre is in service only when nobody else has it out, and what had stood in
   * for it is out only when it was before.
   */
  move({ out, in: into, back }: Moved, id: string): void {
    if (!back) {
      this.note(out, 'out', id);
      if (into !== undefined) this.note(into, 'in', id);
      return;
    }
    if (this.without(out, id).length === 0) this.note(out, 'in', id);
    if (into !== undefined && (this.out.has(into) || this.back.has(id))) this.note(into, 'out', id);
  }

  /** A centre stays out when the change is kept, and is back when it is not. */
  settle({ out, in: into, kept, proven }: Settled, id: string): void {
    if (proven === true && into !== undefined) this.proven.set(into, this.now());
    if (kept) {
      const owners = into === undefined ? undefined : this.out.get(into);
      if (into === undefined || owners === undefined) return;
      this.keep(into, []);
      this.back.set(id, { center: into, owners });
      return;
    }
    this.keep(out, this.without(out, id));
    const back = this.back.get(id);
    this.back.delete(id);
    for (const owner of back?.owners ?? []) this.take(back?.center ?? '', owner);
  }

  /** What is out, by centre. */
  all(): OutOfService[] {
    const sorted = [...this.out].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return sorted.flatMap(([center, owners]) => owners.map((by) => ({ center, by })));
  }

  /** What is remembered, by centre. */
  records(): CenterRecord[] {
    return [...new Set([...this.moves.keys(), ...this.proven.keys()])].toSorted().map((center) => {
      const [moved, provenAt] = [this.moves.get(center), this.proven.get(center)];
      return { center, ...(moved === undefined ? {} : { moved }), ...(provenAt === undefined ? {} : { provenAt }) };
    });
  }

  /** A person says how it is. */
  set(center: string, serving: boolean, by: string): void {
    if (serving) this.keep(center, []);
    else this.take(center, `person:${by}`);
    this.note(center, serving ? 'in' : 'out', `person:${by}`);
  }

  private resting(
    rule: ServingRule,
    center: string | undefined,
    way: CenterMove['way'],
    { except = [] }: Serving,
    id: string,
  ): CapacityRefusal | undefined {
    const last = center === undefined ? undefined : this.moves.get(center);
    if (center === undefined || last === undefined || last.by === id || except.includes(last.by)) return undefined;
    const leftMs = restOf(rule, center, way, last, this.now());
    if (leftMs === 0) return undefined;
    const { way: moved, at, by } = last;
    return { because: 'capacity', rule: rule.name, center, moved, at, by, leftMs };
  }

  private note(center: string, way: CenterMove['way'], by: string): void {
    this.moves.set(center, { way, at: this.now(), by });
  }

  private without(center: string, by: string): string[] {
    return (this.out.get(center) ?? []).filter((owner) => owner !== by);
  }

  private keep(center: string, owners: readonly string[]): void {
    if (owners.length === 0) this.out.delete(center);
    else this.out.set(center, owners);
  }
}
