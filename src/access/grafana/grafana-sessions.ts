import { createHash } from 'node:crypto';
import type { Instant } from '../../core/alert.js';
import type { GrafanaSays } from './grafana-api.js';

/** More sessions than this are not remembered: the one that was asked about first is forgotten. */
export const MOST_SESSIONS = 2_000;

/** More questions at once than this are not sent: made-up cookies must not become a flood of Grafana. */
export const MOST_QUESTIONS = 50;

/** Somebody who has just logged in again is let in soon. */
const REFUSED_FOR = 3_000;

/** Each request would wait for a Grafana that is away, so one in a while does. */
const AWAY_FOR = 1_000;

interface Remembered {
  readonly says: Promise<GrafanaSays>;
  /** Infinite while Grafana is being asked. */
  until: Instant;
}

/** Remembers for a while what Grafana has said of sessions, and asks about each only once at a time. */
export class GrafanaSessions {
  private readonly remembered = new Map<string, Remembered>();
  private asking = 0;

  /**
   * @param ask asks Grafana
   * @param now the time
   * @param cacheFor how long a session counts without asking again, in milliseconds
   */
  constructor(
    private readonly ask: (session: string) => Promise<GrafanaSays>,
    private readonly now: () => Instant,
    private readonly cacheFor: number,
  ) {}

  /** Says whose a session is. */
  whose(session: string): Promise<GrafanaSays> {
    // not the session itself: whoever reads this memory must not be able to use it
    const key = createHash('sha256').update(session).digest('base64');
    const known = this.remembered.get(key);
    if (known !== undefined && this.now() < known.until) return known.says;
    if (this.asking >= MOST_QUESTIONS)
      return Promise.resolve({ is: 'away', because: `is being asked about ${MOST_QUESTIONS} sessions already` });
    const one: Remembered = { says: this.askNow(session), until: Infinity };
    this.remembered.delete(key);
    this.remembered.set(key, one);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_SESSIONS && oldest !== undefined) this.remembered.delete(oldest);
    void one.says.then(({ is }) => (one.until = this.now() + this.lifetime(is)));
    return one.says;
  }

  private async askNow(session: string): Promise<GrafanaSays> {
    this.asking += 1;
    try {
      return await this.ask(session);
    } finally {
      this.asking -= 1;
    }
  }

  private lifetime(is: GrafanaSays['is']): number {
    switch (is) {
      case 'user':
        return this.cacheFor;
      case 'refused':
        return Math.min(this.cacheFor, REFUSED_FOR);
      case 'away':
        return Math.min(this.cacheFor, AWAY_FOR);
    }
  }
}
