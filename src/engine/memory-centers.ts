import type { Claim } from '../core/claim.js';
import type { OpeningRefusal } from '../core/claim-refusal.js';
import type { OutOfService } from './governance.js';
import type { Settled } from './save-besides.js';

type Serving = Extract<Claim, { kind: 'serving' }>;

/** Which centres are out of service, in the memory twin: for each those who took it out. */
export class MemoryCenters {
  private readonly out = new Map<string, readonly string[]>();
  /** What an execution has brought back in, and who had taken that out. */
  private readonly back = new Map<string, { readonly center: string; readonly owners: readonly string[] }>();

  /** Holds the topology's assertions against the state that the claim would lead to. */
  refusal(claim: Serving, id: string): OpeningRefusal | undefined {
    const byOthers = [...this.out].filter(([, owners]) => owners.some((owner) => owner !== id));
    const out = new Set(byOthers.map(([center]) => center));
    if (claim.in !== undefined) out.delete(claim.in);
    out.add(claim.out);
    for (const { name, minServing, minCapacity, among } of claim.rules) {
      const left = Object.entries(among)
        .filter(([center]) => !out.has(center))
        .reduce((sum, [, capacity]) => sum + (minServing === undefined ? capacity : 1), 0);
      const needed = minServing ?? minCapacity ?? 0;
      if (Object.hasOwn(among, claim.out) && left < needed) return { because: 'capacity', rule: name, left, needed };
    }
    return undefined;
  }

  /** Takes a centre out of service. */
  take(center: string, by: string): void {
    this.keep(center, [...this.without(center, by), by]);
  }

  /** A centre stays out when the change is kept, and is back when it is not. */
  settle({ out, in: into, kept }: Settled, id: string): void {
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

  /** A person says how it is. */
  set(center: string, serving: boolean, by: string): void {
    if (serving) this.keep(center, []);
    else this.take(center, `person:${by}`);
  }

  private without(center: string, by: string): string[] {
    return (this.out.get(center) ?? []).filter((owner) => owner !== by);
  }

  private keep(center: string, owners: readonly string[]): void {
    if (owners.length === 0) this.out.delete(center);
    else this.out.set(center, owners);
  }
}
