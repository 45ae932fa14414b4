import { z } from 'zod';

/** The form in which an entry is kept. */
export const keyEntry = z.object({
  /** Digest of the request: the key stands for it and for no other. */
  request: z.string(),
  /** Id of the execution that it opens, chosen before anything is done. */
  executionId: z.string(),
  /** When it was begun, by the shared clock. */
  at: z.number(),
  /** The answer, as text, once there is one. */
  answer: z.string().exactOptional(),
});

/** What is kept under an idempotency key. */
export type KeyEntry = Readonly<z.output<typeof keyEntry>>;

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
