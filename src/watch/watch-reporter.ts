import type { Clock } from '../core/clock.js';
import type { Log } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { StandingAnswer } from './answer.js';
import type { WatchObserver } from './standing-probes.js';

/** A probe that says something else all the time has a line so often at most. */
const LINE_EVERY_MS = 10_000;

/** Turns what standing probes say into figures, and into a line of the log whenever it is something else than before. */
export class WatchReporter implements WatchObserver {
  private readonly lines = new Map<string, { readonly status: string; readonly at: number }>();

  /** @param clock the shared time */
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  answered(answer: StandingAnswer, seconds: number): void {
    const { probe, center, last } = answer;
    this.metrics.probeAnswered(probe, seconds);
    const key = `${probe}/${center ?? ''}`;
    const line = this.lines.get(key);
    const now = this.clock.now();
    if (last.status === (line?.status ?? 'healthy') || (line !== undefined && now - line.at < LINE_EVERY_MS)) return;
    this.lines.set(key, { status: last.status, at: now });
    const level = last.status === 'healthy' ? 'info' : 'warn';
    const fields = { probe, ...(center === undefined ? {} : { center }), status: last.status, detail: last.detail };
    this.log[level](fields, `standing probe: ${last.status}${line === undefined ? '' : `, was ${line.status}`}`);
  }

  warn(message: string): void {
    this.log.warn(message);
  }
}
