import type { Log } from '../telemetry/logger.js';

/**
 * Writes what Node would print by itself as lines of the log: its warnings, and the mistake that ends the process. A page of text
 * between lines of JSON is what nobody finds again.
 *
 * @param log takes the lines; writes them at once, since the process may end right after
 * @param end ends the process
 */
export function hearNode(log: Pick<Log, 'warn' | 'error'>, end: (code: number) => void): void {
  // Node's own listener prints them
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log.warn({ kind: name, error: message }, 'Node.js warns'));
  // a promise that is rejected and that nobody waits for comes here too
  process.once('uncaughtException', (error: unknown) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error({ error: why }, 'the process ends: this is a mistake in Firebreak');
    end(1);
  });
}
