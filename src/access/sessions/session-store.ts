/** A text that is kept for a time. */
export interface Kept {
  readonly text: string;
  /** In how many milliseconds it is forgotten. */
  readonly leftMs: number;
}

/** How often something has happened within a time that began with the first of it. */
export interface Counted {
  readonly count: number;
  /** In how many milliseconds counting begins anew. */
  readonly leftMs: number;
}

/**
 * Small texts and lists that all processes share, each for a time: sessions, logins under way, who was seen. Every method
 * is one atomic step. Keys hold no secret that would open anything: whoever makes them puts hashes in.
 */
export interface SessionStore {
  /** Keeps a text, in the place of an earlier one. */
  put(key: string, text: string, ms: number): Promise<void>;
  get(key: string): Promise<Kept | undefined>;
  /** Keeps a text that is still there for so long from now on. */
  prolong(key: string, ms: number): Promise<void>;
  /** Gives a text and forgets it: of many who take it, one has it. */
  take(key: string): Promise<string | undefined>;
  /** Counts one more. */
  count(key: string, withinMs: number): Promise<Counted>;
  /**
   * Puts a member at the end of a list, or moves it there, and keeps the list for so long from now on.
   *
   * @param most how many members the list has at most
   * @returns the members that had to go, which are the oldest
   */
  remember(list: string, member: string, ms: number, most: number): Promise<readonly string[]>;
  /** Gives a list, the oldest member first. */
  members(list: string): Promise<readonly string[]>;
}

/** The `SessionStore`. */
export const SESSION_STORE = Symbol('SessionStore');
