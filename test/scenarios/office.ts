import type { NotifySettings } from '../../src/config/notify.js';
import { notifyFrom, notifySchema } from '../../src/config/notify.js';
import type { Instant } from '../../src/core/alert.js';
import type { Clock } from '../../src/core/clock.js';
import type { CallResult } from '../../src/plugin-host/call-result.js';
import type { Message } from '../../src/plugin-sdk/call.js';

/** How a notifier answers. */
export type Manner = 'takes' | 'fails' | 'refuses' | 'hangs';

/** The notifiers of a test: they write down what they are asked to send, and do as they are told. */
export class Office {
  /** Every attempt, in order. */
  readonly attempts: { readonly notifier: string; readonly at: Instant; readonly message: Message }[] = [];
  /** How each notifier answers; those that are not named take everything. */
  readonly manners = new Map<string, Manner>();
  private clock: Clock | undefined;

  /** Tells it the time. */
  open(clock: Clock): this {
    this.clock = clock;
    return this;
  }

  /** What one notifier was asked to send, by what was said. */
  heard(notifier = 'pretend/people'): readonly string[] {
    return this.attempts.filter((one) => one.notifier === notifier).map(({ message }) => message.title);
  }

  /** What was said of one kind. */
  of(event: Message['event']): readonly Message[] {
    return this.attempts.filter(({ message }) => message.event === event).map(({ message }) => message);
  }

  async send(notifier: string, message: Message): Promise<CallResult<void>> {
    this.attempts.push({ notifier, message, at: this.clock?.now() ?? 0 });
    const manner = this.manners.get(notifier) ?? 'takes';
    switch (manner) {
      case 'takes':
        return { ok: true, value: undefined };
      case 'fails':
        return { ok: false, failure: { code: 'target-failed', detail: `${notifier} answered 500`, again: true } };
      case 'refuses':
        return { ok: false, failure: { code: 'refused-by-target', detail: `${notifier} answered 404`, again: false } };
      case 'hangs':
        return new Promise(() => undefined);
    }
  }
}

/** `notify` of firebreak.yaml, from what stands there. */
export function notifyOf(section: object): NotifySettings {
  return notifyFrom(notifySchema.parse(section), ({ message }) => message);
}
