import pg from 'pg';
import { PluginError } from '../../../src/plugin-sdk/index.js';

const UNREACHABLE = 'target-unreachable';
/** A question for a standby that has just become a primary. */
export const WRONG_MOMENT = 'wrong-moment';
/** A server that is shutting down, has crashed or is starting: nobody new gets in. */
const AWAY = new Set(['57P01', '57P02', '57P03']);
/** Classes of what passes: lack of connections, locks, interruptions, conflicts. */
const PASSES = /^(53|55|57|40)/;

/**
 * Makes a plugin's error of one of the driver's. Only a server that gave no answer at all, or that lets nobody in, is
 * `target-unreachable`: one that refuses is alive.
 *
 * @param name the node's, for the message
 */
export function asPluginError(error: unknown, name: string): PluginError {
  if (error instanceof PluginError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === undefined || AWAY.has(state))
    return new PluginError(UNREACHABLE, `PostgreSQL ${name} can't be reached: ${message || codeOf(error)}`);
  if (state === '55000') return new PluginError(WRONG_MOMENT, `PostgreSQL ${name}: ${message}`);
  if (state.startsWith('28'))
    return new PluginError('refused-by-target', `PostgreSQL ${name} does not let Firebreak in: ${message}`, false);
  if (state === '42501')
    return new PluginError(
      'not-permitted',
      `Firebreak's role on PostgreSQL ${name} may not do that (${message}): give it what the plugin's README names`,
      false,
    );
  return new PluginError('refused-by-target', `PostgreSQL ${name} answered ${state}: ${message}`, PASSES.test(state));
}

/**
 * Gives what was asked for, or nothing when the server can't be reached.
 *
 * @throws every other error
 */
export async function unlessUnreachable<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PluginError && error.code === UNREACHABLE) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
