import { z } from 'zod';

/** A number of 64 bits, as the gateway writes it; left out when it is 0. */
const int64 = z
  .string()
  .regex(/^-?\d+$/)
  .default('0');

const keyValue = z.object({ mod_revision: int64, lease: int64, value: z.base64().default('') });

/** The answer to a transaction that reads keys, one list of at most one entry for each. */
export const readAnswer = z.object({
  responses: z.array(z.object({ response_range: z.object({ kvs: z.array(keyValue).max(1).default([]) }) })),
});
/** The answer to a transaction that writes on conditions. */
export const writeAnswer = z.object({ succeeded: z.boolean().default(false) });
/** The answer to a new lease. */
export const grantAnswer = z.object({ ID: int64 });
/** The answer to a question after a lease; -1 when it is over. */
export const leaseAnswer = z.object({ TTL: int64, grantedTTL: int64 });
/** The answer to a login. */
export const loginAnswer = z.object({ token: z.string().min(1) });

/** One key as it is. */
export interface EtcdEntry {
  /** undefined when it is no text (UTF-8). */
  readonly value: string | undefined;
  /** Of the whole store, when this key was last written; decimal digits. */
  readonly modRevision: string;
  /** The lease it hangs on, in decimal digits; '0' for none. */
  readonly lease: string;
}

/** One write. */
export type EtcdWrite =
  | {
      readonly put: string;
      readonly value: string;
      /** A lease, none at all, or the one that the key has. */
      readonly lease: { readonly id: string } | 'none' | 'kept';
    }
  | { readonly remove: string };

/** Reads the one entry of a list, if there is one. */
export function entryOf(found: readonly z.infer<typeof keyValue>[]): EtcdEntry | null {
  const [entry] = found;
  if (entry === undefined) return null;
  const { mod_revision: modRevision, lease } = entry;
  return { value: textOf(Buffer.from(entry.value, 'base64')), modRevision, lease };
}

/** Writes a write as the gateway takes it. */
export function operationOf(write: EtcdWrite): object {
  if ('remove' in write) return { request_delete_range: { key: base64(write.remove) } };
  const { put, value, lease } = write;
  const held = lease === 'kept' ? { ignore_lease: true } : lease === 'none' ? {} : { lease: lease.id };
  return { request_put: { key: base64(put), value: base64(value), ...held } };
}

/** Writes a condition: the key was last written then; '0' when it must not be there. */
export function conditionOf(key: string, modRevision: string): object {
  return { key: base64(key), target: 'MOD', result: 'EQUAL', mod_revision: modRevision };
}

/** Bytes as the gateway takes them. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}
