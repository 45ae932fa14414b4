import { Inject, Injectable } from '@nestjs/common';
import type { Pause } from '../core/pause.js';
import { messageOf } from '../core/message-of.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import { Announcer } from './announcer.js';
import { ofPause } from './pause-news.js';
import { frozenNews } from './storm-news.js';

/** Who Firebreak says it is when it pauses a target itself. */
const ITSELF = 'firebreak';

/** Sees targets that were frozen because changes to them went in a circle, and tells people of each once. */
@Injectable()
export class FreezeWatch {
  /** What this process has looked after; the store knows it of all. */
  private seen: ReadonlySet<string> = new Set();

  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly announcer: Announcer,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Looks once. */
  async look(): Promise<void> {
    const frozen = (await this.store.pauses()).filter(({ by }) => by === ITSELF);
    const seen = new Set<string>();
    for (const pause of frozen) {
      const fact = `${pause.id} ${pause.at}`;
      if (this.seen.has(fact) || (await this.told(pause))) seen.add(fact);
    }
    this.seen = seen;
  }

  /** One pause that cannot be looked after must not keep the others waiting. */
  private async told(pause: Pause): Promise<boolean> {
    try {
      await this.tell(pause);
      return true;
    } catch (error) {
      const reason = messageOf(error);
      this.log.warn({ pauseId: pause.id, error: reason }, 'people could not be told of a frozen target yet');
      return false;
    }
  }

  private async tell(pause: Pause): Promise<void> {
    const { id, scope, reason, executionId = '' } = pause;
    const last = (await this.store.get(executionId))?.execution;
    const news = frozenNews(pause, last);
    if (!(await this.announcer.tell(news, { at: pause.at, execution: last, of: ofPause(pause) }))) return;
    const about = { pauseId: id, scope, reason, executionId };
    this.log.error(about, 'a target is frozen: nothing is begun on it until a person lifts the pause');
  }
}
