import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { request } from 'undici';
import type { Config } from '../config.js';
import { CONFIG, LOGGER } from '../parts.js';
import { messageOf } from '../core/message-of.js';

const TIMEOUT_MS = 3_000;

/** Tells whoever pressed a button in Slack what came of it, so that only that person sees it. */
@Injectable()
export class SlackAnswers {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'access'>,
    @Inject(LOGGER) private readonly log: Pick<Logger, 'warn'>,
  ) {}

  /**
   * Sends an answer; one that cannot be delivered is only logged, because what was done is done.
   *
   * @param to the address that Slack named; only one of the configured origin is written to (S7)
   */
  async send(to: string, text: string): Promise<void> {
    const { slack } = this.config.access;
    if (slack === undefined || !URL.canParse(to) || new URL(to).origin !== new URL(slack.answers).origin) return;
    const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await request(to, { method: 'POST', headers, body, signal });
      await answer.body.dump();
    } catch (error) {
      const why = messageOf(error);
      this.log.warn({ error: why }, 'whoever pressed a button in Slack could not be told what came of it');
    }
  }
}
