import { z } from 'zod';
import type { Instant } from '../../core/alert.js';
import type { Clock } from '../../core/clock.js';
import type { Identity } from '../identity.js';
import { identitySchema } from '../identity-schema.js';
import { hashOf, newSecret } from './secret-text.js';
import type { SessionStore } from './session-store.js';

const sessionSchema = z.object({
  identity: identitySchema,
  voucher: z.string(),
  csrf: z.string(),
  startedAt: z.number(),
  /** What the identity provider wants to see when somebody logs out. */
  idToken: z.string().exactOptional(),
});

/** A login that goes on. */
export interface Session {
  readonly identity: Identity;
  /** Who vouched for it at the login; the session ends when firebreak.yaml names another. */
  readonly voucher: string;
  /** What every form must carry. */
  readonly csrf: string;
  readonly startedAt: Instant;
  readonly idToken?: string;
}

/** What a session begins with. */
export type Arrival = Pick<Session, 'identity' | 'voucher' | 'idToken'>;

/** How long a login lasts, in milliseconds: without a click, and at most. */
export interface SessionTimes {
  readonly idle: number;
  readonly most: number;
}

/** An account has at most so many sessions; the oldest ends when one more begins. */
export const MOST_SESSIONS = 20;

/** Of the idle time, what may pass before a click is written down: not every request is a write. */
const TOUCH_SHARE = 60;

/** Begins, finds and ends logins; rights are not kept with them, because they are what firebreak.yaml says today. */
export class Sessions {
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly times: SessionTimes,
  ) {}

  /**
   * Begins one under an id that was never there before.
   *
   * @param before id that the browser had until now, whose session ends with this
   * @returns the id, which only the browser knows from now on
   */
  async begin(arrival: Arrival, before: string | undefined): Promise<string> {
    if (before !== undefined) await this.end(before);
    const id = newSecret();
    const session: Session = { ...arrival, csrf: newSecret(), startedAt: this.clock.now() };
    const { idle, most } = this.times;
    // in the list before it counts, so that none is missed when all shall end
    const gone = await this.store.remember(listOf(arrival.identity.account), hashOf(id), most, MOST_SESSIONS);
    await this.store.put(hashOf(id), JSON.stringify(session), Math.min(idle, most));
    for (const oldest of gone) await this.store.take(oldest);
    return id;
  }

  /** Gives the session of an id, which counts as a click, or undefined when it has ended. */
  async find(id: string): Promise<Session | undefined> {
    const kept = await this.store.get(hashOf(id));
    if (kept === undefined) return undefined;
    const session = sessionSchema.parse(JSON.parse(kept.text));
    const { idle, most } = this.times;
    const left = Math.min(idle, session.startedAt + most - this.clock.now());
    if (left <= 0) return undefined;
    if (left - kept.leftMs > idle / TOUCH_SHARE) await this.store.prolong(hashOf(id), left);
    return session;
  }

  /** Ends the session of an id, and gives it. */
  async end(id: string): Promise<Session | undefined> {
    const text = await this.store.take(hashOf(id));
    return text === undefined ? undefined : sessionSchema.parse(JSON.parse(text));
  }

  /** Ends every session of an account, in whatever browser. */
  async endAll(account: string): Promise<void> {
    for (const key of await this.store.members(listOf(account))) await this.store.take(key);
  }
}

function listOf(account: string): string {
  return `of:${hashOf(account)}`;
}
