import { Stopped } from './command.js';

/** How a drill leaves: it passed, it did not, it could not be held. */
export const DRILL_EXIT = { passed: 0, breached: 1, notHeld: 2 } as const;

/** Leaves because the drill could not be held, or what was asked could not be done. */
export function notHeld(message: string): Stopped {
  return new Stopped(message, DRILL_EXIT.notHeld);
}

/**
 * Gives the secret that `tokenFrom` names.
 *
 * @throws Stopped when nobody has set it
 */
export function secretOf(name: string): string {
  const secret = process.env[name] ?? '';
  if (secret === '') throw notHeld(`${name} is not set, and the drill's file names it under tokenFrom`);
  return secret;
}
