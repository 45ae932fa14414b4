import { z } from 'zod';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import { cut } from './cut.js';
import type { SentFailure } from './messages.js';
import { messageOf } from '../../core/message-of.js';

const LONGEST_TEXT = 4_000;
const MOST_ISSUES = 100;
/** Codes stand in logs, pages and journals, and are compared. */
const CODE = /^[a-z][a-z0-9-]{0,62}$/;

/** Makes data of whatever was thrown; stacks stay where they are, they name files of one machine. */
export function sentFailureOf(error: unknown): SentFailure {
  if (error instanceof z.ZodError) {
    const issues = error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({
      path: path.map((part) => (typeof part === 'number' ? part : String(part))),
      message: cut(message, LONGEST_TEXT),
    }));
    return { kind: 'shape', issues };
  }
  const message = cut(messageOf(error), LONGEST_TEXT);
  if (!isPluginError(error)) return { kind: 'other', message };
  return { kind: 'plugin', code: cut(error.code, 100), message, again: error.again };
}

/** Makes of the data what was thrown. */
export function errorFrom(failure: SentFailure): Error {
  switch (failure.kind) {
    case 'plugin':
      return new PluginError(
        CODE.test(failure.code) ? failure.code : 'plugin-failed',
        cut(failure.message, LONGEST_TEXT),
        failure.again,
      );
    case 'shape':
      return new z.ZodError(
        failure.issues.map(({ path, message }) => ({
          code: 'custom' as const,
          path,
          message: cut(message, LONGEST_TEXT),
        })),
      );
    case 'other':
      return new Error(cut(failure.message, LONGEST_TEXT));
  }
}

/** Also the one of another copy of the SDK, which a package may have brought with it. */
function isPluginError(error: unknown): error is Pick<PluginError, 'code' | 'again'> {
  if (error instanceof PluginError) return true;
  if (!(error instanceof Error) || error.name !== 'PluginError') return false;
  return 'code' in error && typeof error.code === 'string' && 'again' in error && typeof error.again === 'boolean';
}
