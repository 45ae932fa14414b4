import { z } from 'zod';
import type { EtcdEntry, EtcdWrite } from '../../clients/etcd-messages.js';
import { fromJson } from '../../clients/etcd-refusal.js';
import { PluginError, type Call } from '../../../src/plugin-sdk/index.js';
import type { EtcdSystem } from './kit.js';
import type { Params } from './params.js';

/** A key with what we know of its last write. */
export interface Sight {
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

const mark = z.object({ replaced: z.string() });

/** What `look` and `write` need of a call. */
export type Place = Pick<Call<EtcdSystem, Params>, 'client' | 'params' | 'signal'>;

/** Where the key and its mark are. */
export function namesOf({ client, params }: Place): { readonly key: string; readonly markKey: string } {
  const { prefix, marks } = client.etcd.get(params.cluster);
  return { key: prefix + params.key, markKey: marks + prefix.replace(/^\//, '') + params.key };
}

/**
 * Reads the key and its mark at one moment.
 *
 * @throws PluginError `not-text` when the key holds bytes that are no text
 */
export async function look(call: Place): Promise<Sight> {
  const { key, markKey } = namesOf(call);
  const { cluster } = call.client.etcd.get(call.params.cluster);
  const [entry = null, ours = null] = await cluster.read([key, markKey], call.signal);
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
 * Writes or removes the key, and the mark with it, if nobody has written the key since it was seen.
 *
 * @param by the key of the step's effect, kept in the mark
 * @param lease what the key is to hang on
 * @returns false when somebody has
 */
export function write(
  call: Place,
  seen: Sight,
  to: { readonly value: string | null; readonly lease: { readonly id: string } | 'none' | 'kept'; readonly by: string },
): Promise<boolean> {
  const { key, markKey } = namesOf(call);
  const { cluster } = call.client.etcd.get(call.params.cluster);
  const note = JSON.stringify({ replaced: seen.modRevision, by: to.by });
  const writes: EtcdWrite[] =
    to.value === null
      ? [{ remove: key }, { remove: markKey }]
      : [
          { put: key, value: to.value, lease: to.lease },
          { put: markKey, value: note, lease: 'none' },
        ];
  return cluster.writeIf({ key, modRevision: seen.modRevision }, writes, call.signal);
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
