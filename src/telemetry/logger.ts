import { pino, type Logger } from 'pino';
import type { Json } from '../core/json.js';
import type { PermitObserver } from '../engine/permit.js';
import { redactor } from '../plugin-host/redact.js';

/** The service's log: one JSON object a line; ERROR means that a person must act (docs/operations.md has the levels). */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** What every line carries. */
export interface LogFacts {
  readonly sourceId: string;
  readonly level: string;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
  /** Version of the catalogue in force, as it is at the time of the line. */
  readonly configVersion: () => string;
}

/** Makes the log; it writes to standard output. */
export function makeLog({ sourceId, level, secrets, configVersion }: LogFacts): Logger {
  const mask = lineMask(secrets);
  return pino({
    level,
    base: { source_id: sourceId },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ config_version: configVersion() }),
    hooks: {
      // the finished line is masked as a whole, so that no field can be forgotten
      streamWrite: mask,
    },
  });
}

/** Makes a function that masks secrets in lines of JSON, where a quotation mark or a backslash is written otherwise. */
export function lineMask(secrets: readonly string[]): (line: string) => string {
  return redactor(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
}

/** These say who has written a line and when. */
const OURS = new Set(['level', 'time', 'message', 'source_id', 'config_version']);

/**
 * Gives a plugin its log.
 *
 * @param log takes the lines
 * @param fields what every line says of the plugin; a plugin can't say otherwise
 */
export function pluginLog(log: Log, fields: { readonly [name: string]: Json }) {
  const about = (more: { readonly [name: string]: Json }): { [name: string]: Json } => {
    const line: { [name: string]: Json } = { ...fields };
    for (const [name, value] of Object.entries(more))
      line[OURS.has(name) || Object.hasOwn(fields, name) ? `said_${name}` : name] = value;
    return line;
  };
  return {
    info: (message: string, more: { readonly [name: string]: Json } = {}) => log.info(about(more), message),
    warn: (message: string, more: { readonly [name: string]: Json } = {}) => log.warn(about(more), message),
  };
}

/** Says in the log what is paused, and when this process must stop to begin things by itself. */
export function permitLog(log: Log): PermitObserver {
  return (news, about = '') => {
    switch (news) {
      case 'paused':
        return log.warn(`paused: ${about}`);
      case 'paused-no-more':
        return log.info(`no longer paused: ${about}`);
      case 'ran-out':
        return log.warn({ because: about }, 'nothing is begun here until the store says again what is paused');
      case 'good-again':
        return log.info('the store says again what is paused; things are begun here again');
    }
  };
}
