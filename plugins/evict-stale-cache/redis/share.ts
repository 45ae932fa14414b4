import { createHash } from 'node:crypto';

/** A part of all keys in per cent, `from` included and `to` not: 0 to 10 and 10 to 100 have nothing in common and are all. */
export interface Share {
  readonly from: number;
  readonly to: number;
}

const PLACES = 10_000;

/**
 * Gives where between 0 and 100 a key belongs: always the same for the same bytes, and spread evenly over many keys. The
 * scripts decide the same inside of the server.
 */
export function placeOf(key: Uint8Array): number {
  return (createHash('sha1').update(key).digest().readUInt32BE(0) % PLACES) / (PLACES / 100);
}

/** Tells whether a key belongs to a share. */
export function isInShare(key: Uint8Array, { from, to }: Share): boolean {
  const place = placeOf(key);
  return place >= from && place < to;
}

/** Says a share as in "0-10 %". */
export function sayShare({ from, to }: Share): string {
  return `${from}-${to} %`;
}
