import type { PluginLog } from '../../plugin-sdk/call.js';
import { cut } from './cut.js';
import type { Saying } from './messages.js';

const MOST_PER_MINUTE = 600;
const MINUTE_MS = 60_000;
const LONGEST_MESSAGE = 2_000;
const LONGEST_FIELDS = 8_000;

/** Writes what a child logs, as long as that is not too much. */
export class LogBudget {
  private since = Number.NEGATIVE_INFINITY;
  private written = 0;
  private dropped = 0;

  /**
   * Writes a line, or counts it when there have been too many.
   *
   * @param now in milliseconds
   */
  write(log: PluginLog, { level, message, fields }: Extract<Saying, { say: 'log' }>, now: number): void {
    if (now - this.since >= MINUTE_MS) {
      if (this.dropped > 0) log.warn(`${this.dropped} lines of this plugin's log were not kept`);
      [this.since, this.written, this.dropped] = [now, 0, 0];
    }
    this.written += 1;
    if (this.written > MOST_PER_MINUTE) {
      this.dropped += 1;
      return;
    }
    const text = cut(message, LONGEST_MESSAGE);
    if (fields === undefined) return log[level](text);
    const tooLong = JSON.stringify(fields).length > LONGEST_FIELDS;
    log[level](text, tooLong ? { fields: `longer than ${LONGEST_FIELDS} characters: not kept` } : fields);
  }
}
