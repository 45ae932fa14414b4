import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What every secret that Firebreak makes begins with, so that scanners of secrets know it when they see one. */
export const SECRET_PREFIX = 'fb_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
/** 256 bits, and the 32 of the checksum, in letters and digits. */
const LENGTHS = { random: 43, checksum: 6 };

/** Makes the secret of a token: `fb_`, 256 random bits and a checksum, in letters and digits only. */
export function newSecret(): string {
  const random = written(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), LENGTHS.random);
  return `${SECRET_PREFIX}${random}${checksumOf(random)}`;
}

/** Tells whether a text begins like a secret that Firebreak made and is none: it was cut off, or mistyped. */
export function isDamagedSecret(text: string): boolean {
  if (!text.startsWith(SECRET_PREFIX)) return false;
  const rest = text.slice(SECRET_PREFIX.length);
  const random = rest.slice(0, LENGTHS.random);
  return rest.length !== LENGTHS.random + LENGTHS.checksum || rest.slice(LENGTHS.random) !== checksumOf(random);
}

/**
 * Gives the hash under which a secret is kept, as 64 hexadecimal digits. Plain SHA-256 is right for it, and nothing slower
 * would be better: nobody guesses 256 random bits. Passwords, which people make up, are hashed in password.ts.
 */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function checksumOf(random: string): string {
  return written(BigInt(crc32(random)), LENGTHS.checksum);
}

function written(number: bigint, length: number): string {
  const base = BigInt(DIGITS.length);
  let text = '';
  for (let rest = number; rest > 0n; rest /= base) text = `${DIGITS.charAt(Number(rest % base))}${text}`;
  return text.padStart(length, DIGITS.charAt(0));
}
