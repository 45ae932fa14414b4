import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Makes a text that nobody can guess: 256 random bits, in letters that need no quotes anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in hexadecimal digits: whoever reads what is kept under it cannot use it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares two texts in a time that says nothing of where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}
