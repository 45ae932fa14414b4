import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { person } from '../access/caller.js';
import { SeenPeople } from '../access/sessions/last-seen.js';
import { SESSION_STORE, type SessionStore } from '../access/sessions/session-store.js';
import { SLACK_WINDOW_MS } from '../access/signatures/slack-authenticator.js';
import { FirebreakError } from '../core/errors.js';

/** Knows which presses in Slack were there already, and remembers who pressed, so that an agreement given there stands. */
@Injectable()
export class SlackPresence {
  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    private readonly seen: SeenPeople,
  ) {}

  /**
   * Lets a press in that is new. A signature is made once for each press: whoever sends it again has recorded it.
   *
   * @throws FirebreakError `forbidden`
   */
  async admit(request: FastifyRequest): Promise<void> {
    const signature = createHash('sha256').update(String(request.headers['x-slack-signature'])).digest('hex');
    const { count } = await this.store.count(`slack:${signature}`, 2 * SLACK_WINDOW_MS);
    if (count > 1) throw new FirebreakError('forbidden', 'this was sent before');
    const { name, account } = person(request);
    // what the account may do stands in firebreak.yaml; that it is this person's must be known when others agree, too
    await this.seen.note(name, { account, name, groups: [], grants: [] });
  }
}
