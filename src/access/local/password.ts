import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** How many characters a password has at least. */
export const MIN_PASSWORD = 12;

/** How hard a guess is: 2^ln rounds over blocks of r, p times; 32 MiB and about a tenth of a second. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

const COST: Cost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;

// the bounds keep a hash that somebody wrote by hand from taking all memory; nothing in it needs quotes in YAML
const HASH = /^scrypt\$ln=(1[4-7])\$r=(8)\$p=([1-4])\$([\w-]{22})\$([\w-]{43})$/;

/** Tells whether a text is a hash that `verifyPassword` understands. */
export function isPasswordHash(text: string): boolean {
  return HASH.test(text);
}

/**
 * Hashes a password by scrypt: people's passwords can be guessed, so that each guess has to be slow.
 *
 * @param text the password
 * @returns `scrypt$ln=15$r=8$p=3$<salt>$<key>`, both base64url
 */
export async function hashPassword(text: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await keyOf(text, salt, COST);
  const { ln, r, p } = COST;
  return `scrypt$ln=${ln}$r=${r}$p=${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/**
 * Tells whether this is the password, in the same time whatever is wrong with it.
 *
 * @param text what somebody typed
 * @param hash what `hashPassword` gave; anything else fits no password
 */
export async function verifyPassword(text: string, hash: string): Promise<boolean> {
  const [all, ln, r, p, salt = '', key = ''] = HASH.exec(hash) ?? [];
  if (all === undefined) return false;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return timingSafeEqual(await keyOf(text, Buffer.from(salt, 'base64url'), cost), Buffer.from(key, 'base64url'));
}

function keyOf(text: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    // the same letters can be typed in more than one way
    scrypt(text.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
