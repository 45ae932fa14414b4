import { PluginError } from '../../../src/plugin-sdk/index.js';

/** The first release of each branch that has it mended; later branches have it from their start, others never. */
const MENDED: ReadonlyMap<string, number> = new Map([
  ['2.4', 28],
  ['2.6', 20],
  ['2.8', 12],
  ['3.0', 6],
]);

/**
 * Refuses a HAProxy that hangs, and is killed by its own watchdog, when `maxconn` of a full frontend is raised (its issue
 * 2726): a throttle of it could never be lifted.
 *
 * @param version as it names itself
 * @throws PluginError `unsafe-version`
 */
export function refuseDeadlock(version: string, endpoint: string): void {
  if (isMended(version)) return;
  throw new PluginError(
    'unsafe-version',
    `HAProxy ${version} at ${endpoint} would hang when maxconn of a full frontend is raised again (its issue 2726; ` +
      'mended in 2.4.28, 2.6.20, 2.8.12, 3.0.6 and 3.1): limit its servers or an entry of a map, or update it',
    false,
  );
}

/** Tells whether a version is known to have it mended. */
export function isMended(version: string): boolean {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (Number(major) > 3 || (major === '3' && Number(minor) >= 1)) return true;
  return Number(patch) >= (MENDED.get(`${major}.${minor}`) ?? Infinity);
}
