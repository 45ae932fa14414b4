import { z } from 'zod';
import { PluginError } from '../../src/plugin-sdk/index.js';
import type { EtcdPlace } from './etcd-clusters.js';
import type { EtcdEntry, EtcdWrite } from './etcd-messages.js';
import { fromJson } from './etcd-refusal.js';

/** A key with what we know of its last write. */
export interface EtcdSight {
  /** null when it is not there. */
  readonly value: string | null;
  /** '0' when it is not there. */
  readonly modRevision: string;
  readonly lease: string;
  /** Firebreak was the last to write it: the mark was written in the same step. */
  readonly written: boolean;
  /** What the last write of Firebreak replaced, as a revision. */
  readonly replaced: string | undefined;
}

/** What a key is to hang on: a lease, none, or the one that it has. */
export type EtcdHold = { readonly id: string } | 'none' | 'kept';

const mark = z.object({ replaced: z.string() });

/**
 * Reads a key and our mark on it at one moment.
 *
 * @throws PluginError `not-text` when the key holds bytes that are no text
 */
export async function look({ cluster, key, markKey }: EtcdPlace, signal: AbortSignal): Promise<EtcdSight> {
  const [entry = null, ours = null] = await cluster.read([key, markKey], signal);
  const value = valueOf(key, entry);
  const said = mark.safeParse(fromJson(ours?.value ?? ''));
  return {
    value,
    modRevision: entry?.modRevision ?? '0',
    lease: entry?.lease ?? '0',
    written: entry !== null && entry.modRevision === ours?.modRevision,
    replaced: said.success ? said.data.replaced : undefined,
  };
}

/**
 * Writes or removes a key, and our mark with it, if nobody has written the key since it was seen.
 *
 * @param to null removes it; `by` is the key of the step's effect, kept in the mark
 * @returns false when somebody has
 */
export function write(
  { cluster, key, markKey }: EtcdPlace,
  seen: EtcdSight,
  to: { readonly value: string | null; readonly lease: EtcdHold; readonly by: string },
  signal: AbortSignal,
): Promise<boolean> {
  const note = JSON.stringify({ replaced: seen.modRevision, by: to.by });
  const writes: EtcdWrite[] =
    to.value === null
      ? [{ remove: key }, { remove: markKey }]
      : [
          { put: key, value: to.value, lease: to.lease },
          { put: markKey, value: note, lease: 'none' },
        ];
  return cluster.writeIf({ key, modRevision: seen.modRevision }, writes, signal);
}

function valueOf(key: string, entry: EtcdEntry | null): string | null {
  if (entry === null) return null;
  if (entry.value !== undefined) return entry.value;
  throw new PluginError(
    'not-text',
    `${key} holds bytes that are no text (UTF-8): it can't be kept for going back`,
    false,
  );
}
