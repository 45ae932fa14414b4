import type { Instant } from '../../core/alert.js';
import type { Counted, Kept, SessionStore } from './session-store.js';

interface Until<T> {
  readonly value: T;
  readonly until: Instant;
}

/** The sessions of tests: the same answers as Redis, in one process. */
export class MemorySessionStore implements SessionStore {
  private readonly texts = new Map<string, Until<string>>();
  private readonly counts = new Map<string, Until<number>>();
  private readonly lists = new Map<string, Until<readonly string[]>>();

  /** @param clock the time of the test, in milliseconds */
  constructor(private readonly clock: () => Instant) {}

  async put(key: string, text: string, ms: number): Promise<void> {
    this.texts.set(key, { value: text, until: this.clock() + ms });
  }

  async get(key: string): Promise<Kept | undefined> {
    const found = this.living(this.texts, key);
    return found && { text: found.value, leftMs: found.until - this.clock() };
  }

  async prolong(key: string, ms: number): Promise<void> {
    const found = this.living(this.texts, key);
    if (found !== undefined) this.texts.set(key, { ...found, until: this.clock() + ms });
  }

  async take(key: string): Promise<string | undefined> {
    const found = this.living(this.texts, key);
    this.texts.delete(key);
    return found?.value;
  }

  async count(key: string, withinMs: number): Promise<Counted> {
    const { value, until } = this.living(this.counts, key) ?? { value: 0, until: this.clock() + withinMs };
    this.counts.set(key, { value: value + 1, until });
    return { count: value + 1, leftMs: until - this.clock() };
  }

  async remember(list: string, member: string, ms: number, most: number): Promise<readonly string[]> {
    const others = (this.living(this.lists, list)?.value ?? []).filter((other) => other !== member);
    const all = [...others, member];
    this.lists.set(list, { value: all.slice(-most), until: this.clock() + ms });
    return all.slice(0, -most);
  }

  async members(list: string): Promise<readonly string[]> {
    return this.living(this.lists, list)?.value ?? [];
  }

  private living<T>(kept: ReadonlyMap<string, Until<T>>, key: string): Until<T> | undefined {
    const found = kept.get(key);
    return found === undefined || found.until <= this.clock() ? undefined : found;
  }
}
