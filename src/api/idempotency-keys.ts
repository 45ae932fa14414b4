/** What is kept under an idempotency key. */
export interface KeyEntry {
  /** Digest of the request: the key stands for it and for no other. */
  readonly request: string;
  /** Id of the execution that it opens, chosen before anything is done. */
  readonly executionId: string;
  /** When it was begun, by the shared clock. */
  readonly at: number;
  /** The answer, as text, once there is one. */
  readonly answer?: string;
}

/** How long a key is remembered. */
export const KEEP_KEYS_MS = 24 * 3_600_000;

/** Remembers under which keys requests came. Every method is one atomic step. */
export interface IdempotencyKeys {
  /** Keeps the entry if there is none under this key; otherwise gives the one that is there. */
  claim(key: string, entry: KeyEntry): Promise<KeyEntry | undefined>;
  /** Puts an entry in the place of another, if that one is still there; without a new one the key is forgotten. */
  replace(key: string, before: KeyEntry, after?: KeyEntry): Promise<boolean>;
}

/** The `IdempotencyKeys`. */
export const IDEMPOTENCY_KEYS = Symbol('IdempotencyKeys');
