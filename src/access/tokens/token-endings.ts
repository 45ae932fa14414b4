import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config.js';
import type { Token } from '../../config/tokens.js';
import type { Instant } from '../../core/alert.js';
import type { Clock } from '../../core/clock.js';
import { sayDuration } from '../../core/duration.js';
import { CLOCK, CONFIG, LOGGER } from '../../parts.js';
import { countsAt } from './token-authenticator.js';

const DAY_MS = 86_400_000;

/** How long before its end a token is spoken of. */
export const SOON_MS = 14 * DAY_MS;

/** Says of each token that ends soon or has ended when that is; of the others nothing. */
export function endingsOf(tokens: readonly Token[], now: Instant): string[] {
  return tokens.flatMap((token) => {
    const { name, until } = token;
    if (until === undefined || until - now > SOON_MS) return [];
    const when = new Date(until).toISOString();
    return countsAt(token, now)
      ? [
          `the token "${name}" ends in ${sayDuration(until - now)}, at ${when}: make another one with "firebreak token new"`,
        ]
      : [
          `the token "${name}" has ended at ${when} and is refused: take it out of firebreak.yaml, or give it another end`,
        ];
  });
}

/** Warns of tokens that end soon, at the start and every day. */
@Injectable()
export class TokenEndings implements OnApplicationBootstrap, OnApplicationShutdown {
  private stop = (): void => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'tokens'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: { warn(fields: object, message: string): void },
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.tokens.every(({ until }) => until === undefined)) return;
    for (const ending of endingsOf(this.config.tokens, this.clock.now())) this.log.warn({}, ending);
    this.stop = this.clock.after(DAY_MS, () => this.onApplicationBootstrap());
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
