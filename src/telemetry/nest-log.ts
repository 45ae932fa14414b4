import type { LoggerService } from '@nestjs/common';
import type { Log } from './logger.js';

/** Passes on what Nest itself says; its list of routes and modules is for developers, not for people on call. */
export function nestLog(log: Log): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => log.debug(text(message)),
    warn: (message: unknown) => log.warn(text(message)),
    error: (message: unknown) => log.error({ error: text(message) }, 'the HTTP server failed'),
    fatal: (message: unknown) => log.error({ error: text(message) }, 'the HTTP server failed'),
  };
}
