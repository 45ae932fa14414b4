import pg from 'pg';
import { PluginError } from '../../../src/plugin-sdk/index.js';

const UNREACHABLE = 'target-unreachable';
/** A question for a standby that has just become a primary. */
export const WRONG_MOMENT = 'wrong-moment';
/** A server that is shutting down, has crashed or is starting: nobody new gets in. */
const AWAY = new Set(['57P01', '57P02', '57P03']);
/** A connection that was lost or never made, as PostgreSQL's own parts say it; one that was refused is an answer. */
const LOST = new Set(['08000', '08001', '08003', '08006']);
/** What the network says when nobody is there. A name that is not known says nothing about the server. */
const NOBODY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
]);
/** The driver has no codes for these: no answer in time, and connections that have ended. */
const ENDED =
  /^(timeout expired|Query read timeout|Connection terminated.*|Client has encountered a connection error and is not queryable|Client was closed and is not queryable)$/;
const NAME_UNKNOWN = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
/** Classes of what passes: lack of connections, locks, interruptions, conflicts. */
const PASSES = /^(53|55|57|40)/;

/**
 * Makes a plugin's error of one of the driver's. Only a server that gave no answer at all, or that lets nobody in, is
 * `target-unreachable`: one that refuses is alive, and what is wrong on this side (a password that is missing, a certificate
 * that is not trusted) says nothing about it. Whatever is not known is not `target-unreachable`.
 *
 * @param name the node's, for the message
 */
export function asPluginError(error: unknown, name: string): PluginError {
  if (error instanceof PluginError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === undefined) return withoutState(error, name, message);
  if (AWAY.has(state) || LOST.has(state))
    return new PluginError(UNREACHABLE, `PostgreSQL ${name} can't be reached: ${message}`);
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

/** What the network, the driver or this process says; the server itself always says a state. */
function withoutState(error: unknown, name: string, message: string): PluginError {
  const code = codeOf(error);
  if (code === undefined ? ENDED.test(message) : NOBODY.has(code))
    return new PluginError(UNREACHABLE, `PostgreSQL ${name} can't be reached: ${message || code}`);
  if (code !== undefined && NAME_UNKNOWN.has(code))
    return new PluginError(
      'address-unknown',
      `the address of PostgreSQL ${name} can't be found out: ${message || code}`,
    );
  return new PluginError(
    'not-understood',
    `Firebreak and PostgreSQL ${name} do not understand each other (${message || code}), so nobody knows whether it is there: mend its address, password or TLS in the plugin's configuration`,
    false,
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
