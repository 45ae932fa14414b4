import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Json } from '../core/json.js';
import type { PermitObserver } from '../engine/permit.js';
import { redactor } from '../plugin-host/redact.js';
import { LineBudget, type Level } from './line-budget.js';
import { currentRequestId, currentTraceId } from './trace-ids.js';

/** The service's log: one JSON object a line; ERROR means that a person must act (docs/logs.md has the levels). */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** What every line carries. */
export interface LogFacts {
  readonly sourceId: string;
  readonly level: string;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
  /** Version of the catalogue in force, as it is at the time of the line. */
  readonly configVersion: () => string;
  /** Why something older is in force than was asked for; undefined while nothing is. */
  readonly fallback: () => object | undefined;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
}

/**
 * Makes the log.
 *
 * @param facts what every line carries
 * @param to takes the lines; standard output when left out
 */
export function makeLog(facts: LogFacts, to?: DestinationStream): Logger {
  const { sourceId, level, secrets, now } = facts;
  const mask = lineMask(secrets);
  const options: LoggerOptions = {
    level,
    base: { source_id: sourceId },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: snakeCase },
    mixin: () => surroundings(facts),
    hooks: {
      logMethod: within(new LineBudget(now)),
      // the finished line is masked as a whole, so that no field can be forgotten
      streamWrite: (line) => inPlainSight(mask(line)),
    },
  };
  return to === undefined ? pino(options) : pino(options, to);
}

/** What is so while a line is written, whoever writes it. */
function surroundings({ configVersion, fallback }: LogFacts): object {
  const [trace, request, fallen] = [currentTraceId(), currentRequestId(), fallback()];
  return {
    config_version: configVersion(),
    ...(trace === undefined ? {} : { trace_id: trace }),
    ...(request === undefined ? {} : { request_id: request }),
    ...(fallen === undefined ? {} : { fallback_context: fallen }),
  };
}

/** Writes only what the budget admits, and once its ten seconds are over how much there was beside. */
function within(budget: LineBudget): NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> {
  return function (args, write, number) {
    for (const { level, message, count } of budget.settle())
      this[level]({ left_out: count }, `said so often that not every line was written: ${message}`);
    const [first, second]: readonly unknown[] = args;
    const [fields, message] = typeof first === 'string' ? ['', first] : [textOf(first), second];
    if (budget.admit(levelOf(number), String(message), fields)) write.apply(this, args);
  };
}

/** Fields are called as in all logs and labels around Prometheus, whatever they are called in the code. */
function snakeCase(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [snake(name), value]));
}

function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function textOf(fields: unknown): string {
  try {
    return JSON.stringify(fields) ?? '';
  } catch {
    return '';
  }
}

/** By pino's numbers. */
const LEVELS = [
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
] as const;

function levelOf(number: number): Level {
  return LEVELS.find(([from]) => number >= from)?.[1] ?? 'debug';
}

/** JSON leaves these as they are: some steer a terminal, some end a line, some turn the direction of writing. */
const UNSEEN = /(?![\n\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Writes out in a line of JSON what cannot be seen in it; whoever reads it as JSON reads the same. */
function inPlainSight(line: string): string {
  return line.replaceAll(UNSEEN, (one) =>
    one.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** Makes a function that masks secrets in lines of JSON, where a quotation mark or a backslash is written otherwise. */
export function lineMask(secrets: readonly string[]): (line: string) => string {
  return redactor(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
}

/** These say who has written a line and when. */
const OURS = new Set([
  'level',
  'time',
  'message',
  'source_id',
  'config_version',
  'trace_id',
  'request_id',
  'fallback_context',
  'left_out',
]);

/**
 * Gives a plugin its log.
 *
 * @param log takes the lines
 * @param fields what every line says of the plugin; a plugin can't say otherwise
 */
export function pluginLog(log: Log, fields: { readonly [name: string]: Json }) {
  const ours = new Set([...OURS, ...Object.keys(fields).map(snake)]);
  const about = (more: { readonly [name: string]: Json }): { [name: string]: Json } => {
    const line: { [name: string]: Json } = { ...fields };
    // as they are going to be called: `executionId` is `execution_id`
    for (const [name, value] of Object.entries(more))
      line[ours.has(snake(name)) ? `said_${snake(name)}` : snake(name)] = value;
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
