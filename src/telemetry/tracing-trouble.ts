import type { DiagLogger } from '@opentelemetry/api';
import type { Log } from './logger.js';

/** A collector that is away is away for every batch: one line a minute says it. */
const SAY_AGAIN_MS = 60_000;
const LONGEST = 300;

/** Says in the log that spans cannot be sent; nobody waits for them, so nothing else comes of it. */
export class TracingTrouble implements DiagLogger {
  private log: Pick<Log, 'warn'> | undefined;
  private saidAt = -Infinity;
  private kept = 0;
  /** What was said first before there was a log: mostly a setting that OpenTelemetry does not know. */
  private early: string | undefined;

  /** @param now in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** From now on it is said there. */
  tellTo(log: Pick<Log, 'warn'>): void {
    this.log = log;
    if (this.early === undefined) return;
    this.kept -= 1;
    this.say(this.early);
  }

  error(message: string): void {
    this.say(message);
  }

  warn(message: string): void {
    this.say(message);
  }

  info(): void {}
  debug(): void {}
  verbose(): void {}

  private say(message: string): void {
    if (this.log === undefined || this.now() - this.saidAt < SAY_AGAIN_MS) {
      if (this.log === undefined) this.early ??= message;
      this.kept += 1;
      return;
    }
    const about = { detail: reasonIn(message), notSaid: this.kept };
    this.log.warn(about, 'spans are lost: the collector of traces does not take them; nothing else depends on it');
    this.saidAt = this.now();
    this.kept = 0;
  }
}

/** OpenTelemetry writes an error as JSON with its stack. */
function reasonIn(message: string): string {
  const said = /"message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
  return said.slice(0, LONGEST);
}
