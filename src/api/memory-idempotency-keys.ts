import type { Instant } from '../core/alert.js';
import { KEEP_KEYS_MS, keyEntry, type IdempotencyKeys, type KeyEntry } from './idempotency-keys.js';

/** The keys of tests: the same answers as Redis, in one process. */
export class MemoryIdempotencyKeys implements IdempotencyKeys {
  private readonly kept = new Map<string, { readonly text: string; readonly until: Instant }>();

  /** @param clock the time of the test, in milliseconds */
  constructor(private readonly clock: () => Instant) {}

  async claim(key: string, entry: KeyEntry): Promise<KeyEntry | undefined> {
    const found = this.kept.get(key);
    if (found === undefined || found.until <= this.clock()) {
      this.set(key, entry);
      return undefined;
    }
    return keyEntry.parse(JSON.parse(found.text));
  }

  async replace(key: string, before: KeyEntry, after?: KeyEntry): Promise<boolean> {
    if (this.kept.get(key)?.text !== JSON.stringify(before)) return false;
    if (after === undefined) this.kept.delete(key);
    else this.set(key, after);
    return true;
  }

  private set(key: string, entry: KeyEntry): void {
    this.kept.set(key, { text: JSON.stringify(entry), until: this.clock() + KEEP_KEYS_MS });
  }
}
