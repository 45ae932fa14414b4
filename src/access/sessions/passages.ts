import { z } from 'zod';
import { FirebreakError } from '../../core/errors.js';
import { hashOf, newSecret } from './secret-text.js';
import type { SessionStore } from './session-store.js';

const passageSchema = z.discriminatedUnion('to', [
  z.object({ to: z.literal('login'), state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() }),
  z.object({ to: z.literal('provider'), idToken: z.string() }),
]);

/** What must be known again when a browser comes back from elsewhere, or goes there. */
export type Passage = Readonly<z.output<typeof passageSchema>>;

/** Strangers can begin logins: so many of them are kept at once, and what comes beyond must not fill the store. */
export const MOST_PASSAGES = 20_000;

/** How long a passage is good. */
export const PASSAGE_MS = 600_000;

/** Keeps what belongs to a login that is under way; its id is in a cookie, so that no other browser can end what one began. */
export class Passages {
  constructor(private readonly store: SessionStore) {}

  /**
   * Keeps it, and gives the id for the cookie.
   *
   * @throws FirebreakError `too-many-requests` when very many logins are under way
   */
  async begin(passage: Passage): Promise<string> {
    const { count } = await this.store.count('passages', PASSAGE_MS);
    if (count > MOST_PASSAGES) throw new FirebreakError('too-many-requests', 'too many logins are under way');
    const id = newSecret();
    await this.store.put(keyOf(id), JSON.stringify(passage), PASSAGE_MS);
    return id;
  }

  /** Gives what was kept; it counts once. */
  async end(id: string): Promise<Passage | undefined> {
    const text = await this.store.take(keyOf(id));
    return text === undefined ? undefined : passageSchema.parse(JSON.parse(text));
  }
}

function keyOf(id: string): string {
  return `passage:${hashOf(id)}`;
}
