import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import type { Config } from '../config.js';
import type { RouteEvent } from '../config/notify.js';
import type { Instant } from '../core/alert.js';
import type { Execution } from '../core/execution.js';
import type { Scope, Template } from '../core/template.js';
import type { Mailing } from '../engine/outbox.js';
import { CONFIG, LOGGER } from '../parts.js';
import type { Message } from '../plugin-sdk/call.js';
import type { Log } from '../telemetry/logger.js';
import type { News } from './news.js';
import { recipients, type Subject } from './routing.js';

/** What is known of news beside the news. */
export interface Background {
  /** When it happened. */
  readonly at: Instant;
  /** What it is about, or what brought it about. */
  readonly execution?: Execution | undefined;
  /** The runbook or the target that it is about, where there is no execution. */
  readonly of?: { readonly runbook?: string; readonly target?: string };
  readonly remind?: Mailing['remind'];
}

const MOST_TITLE = 300;
/** Longer than any receiver takes; the link has all of it. */
const MOST_TEXT = 20_000;

/** Makes letters of news: finds who hears of it, and writes it in the operator's words where there are any. */
@Injectable()
export class Editor {
  /** Events whose template failed already: the log says it once. */
  private readonly failed = new Set<string>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'notify'>,
    private readonly catalog: Catalog,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /** Addresses news to everybody who is to hear of it. */
  mailing(news: News, { at, execution, of, remind }: Background): Mailing {
    const runbook = execution?.runbook ?? of?.runbook;
    const subject: Subject = {
      events: eventsOf(news),
      severity: execution?.alert?.labels['severity'],
      owner: runbook === undefined ? undefined : this.catalog.current.runbooks.get(runbook)?.owner,
      runbook,
      target: execution?.target ?? of?.target,
    };
    const notifiers = recipients(this.config.notify.routes, subject, execution?.orders.notify ?? []);
    const message = this.write(news, subject, execution);
    const from = execution?.origin === undefined ? {} : { origin: execution.origin };
    const letters = notifiers.map((notifier) => ({ notifier, message, ...from }));
    return { id: news.id, at, letters, ...(remind === undefined ? {} : { remind }) };
  }

  private write({ path, ...news }: News, subject: Subject, execution: Execution | undefined): Message {
    const usual: Message = { ...news, link: this.config.publicUrl + path };
    const own = this.config.notify.templates[news.event];
    if (own === undefined) return bounded(usual);
    const scope = scopeOf(usual, subject, execution);
    const title = this.fill(own.title, usual.title, scope, `${news.event}.title`);
    const text = this.fill(own.text, usual.text, scope, `${news.event}.text`);
    return bounded({ ...usual, title, text });
  }

  private fill(template: Template<string> | undefined, usual: string, scope: Scope, name: string): string {
    if (template === undefined) return usual;
    const filled = template.render(scope);
    if (filled.ok && filled.value.trim() !== '') return filled.value;
    if (!this.failed.has(name)) {
      this.failed.add(name);
      const why = filled.ok ? 'it gives an empty text' : filled.detail;
      const advice =
        'a template of notify.templates could not be filled in: the usual text was sent; write {{default ...}}';
      this.log.warn({ template: name, error: why }, advice);
    }
    return usual;
  }
}

/** The names under which routes know news. */
export function eventsOf({ event, execution }: Pick<Message, 'event' | 'execution'>): RouteEvent[] {
  if (event !== 'closed') return [event];
  const outcome = execution?.outcome;
  return outcome === 'failed' || outcome === 'reverted' ? [event, outcome] : [event];
}

/** Whatever an alert says is data here: it is filled in and never read as a template. */
function scopeOf(
  { event, title, text, link, execution: about }: Message,
  { severity, owner }: Subject,
  execution: Execution | undefined,
): Scope {
  const alert = execution?.alert;
  return {
    labels: alert?.labels ?? {},
    annotations: alert?.annotations ?? {},
    message: { event, title, text, link, severity: severity ?? null, owner: owner ?? null },
    execution: about === undefined ? null : { ...about },
    alert: { name: '', fingerprint: '', startsAt: '', generatorURL: '' },
    params: {},
    config: {},
    topology: {},
  };
}

function bounded(message: Message): Message {
  const title = message.title.replaceAll(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, ' ');
  return { ...message, title: cut(title, MOST_TITLE), text: cut(message.text, MOST_TEXT) };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3).replace(/[\uD800-\uDBFF]$/, '')}...`;
}
