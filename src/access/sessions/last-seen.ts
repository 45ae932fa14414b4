import type { Instant } from '../../core/alert.js';
import type { Clock } from '../../core/clock.js';
import type { Identity } from '../identity.js';
import { identitySchema } from '../identity-schema.js';
import { hashOf } from './secret-text.js';
import type { SessionStore } from './session-store.js';

/** How long it is remembered by which identity somebody was seen. */
export const KEEP_SEEN_MS = 30 * 86_400_000;

/** What has not changed is written down again only after so long; another process may have written otherwise meanwhile. */
const WRITE_AGAIN_MS = 60_000;

/** By so many accounts one person is remembered. */
const MOST_ACCOUNTS = 20;

/** What this process remembers of what it has written; beyond it is only written again. */
const MOST_KNOWN = 1_000;

/**
 * Tells whether whoever vouched for an account is still asked: nobody counts by an identity provider, or a Grafana, that was
 * taken out of firebreak.yaml.
 *
 * @param access settings by the kinds of accounts that they are about
 */
export function isStillAsked(access: Readonly<Record<string, unknown>>, account: string): boolean {
  const [kind = ''] = account.split(':');
  return Object.hasOwn(access, kind) && access[kind] !== undefined;
}

/** Remembers how people's vouchers described them last: grants that somebody gave hold only while they may still give them. */
export class SeenPeople {
  private readonly written = new Map<string, { readonly text: string; readonly at: Instant }>();

  constructor(
    private readonly store: SessionStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Notes how somebody is vouched for at this moment; comes back when it is written down. */
  async note(name: string, identity: Identity): Promise<void> {
    const text = JSON.stringify(identity);
    const place = `${name}\n${identity.account}`;
    const before = this.written.get(place);
    const now = this.clock.now();
    if (before?.text === text && now - before.at < WRITE_AGAIN_MS) return;
    await this.store.put(descriptionOf(identity.account), text, KEEP_SEEN_MS);
    await this.store.remember(listOf(name), identity.account, KEEP_SEEN_MS, MOST_ACCOUNTS);
    if (this.written.size >= MOST_KNOWN) this.written.clear();
    this.written.set(place, { text, at: now });
  }

  /** Gives the identities by which somebody of this name was seen within the last thirty days. */
  async lastSeen(name: string): Promise<readonly Identity[]> {
    const accounts = await this.store.members(listOf(name));
    const texts = await Promise.all(accounts.map((account) => this.store.get(descriptionOf(account))));
    return texts.flatMap((kept) => (kept === undefined ? [] : [identitySchema.parse(JSON.parse(kept.text))]));
  }
}

function listOf(name: string): string {
  return `seen:${hashOf(name)}`;
}

function descriptionOf(account: string): string {
  return `seen-as:${hashOf(account)}`;
}
