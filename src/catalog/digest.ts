import { createHash } from 'node:crypto';

/** Gives the SHA-256 of a list of texts, in hexadecimal; where one ends and the next begins counts too. */
export function sha256(texts: readonly string[]): string {
  const hash = createHash('sha256');
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return hash.update(only).digest('hex');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest('hex');
}
