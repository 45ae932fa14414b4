/** A place in the write-ahead log, in bytes. */
export type Position = bigint;

const PAGE = 8_192n;
const PAGE_HEADER = 24n;
const SEGMENT_HEADER = 40n;

/** Reads a position as PostgreSQL writes it, such as `16/B374D848`. */
export function positionOf(text: string): Position {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** The later one of two. */
export function later(one: Position, other: Position): Position {
  return one > other ? one : other;
}

/**
 * Tells whether all that was written is on disk. A commit may be acknowledged before it is (`synchronous_commit = off`).
 *
 * @param inserted where the next record goes: at the start of a page that is behind the page's header
 * @param flushed up to where all is on disk
 */
export function isFlushed(inserted: Position, flushed: Position): boolean {
  const ahead = inserted - flushed;
  return ahead <= 0n || (flushed % PAGE === 0n && (ahead === PAGE_HEADER || ahead === SEGMENT_HEADER));
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Says a number of bytes for people, rounded up to one of 1, 2, 4, 8 ... of its unit when that is asked for. */
export function sayBytes(bytes: number): string {
  let rest = Math.max(0, bytes);
  let unit = 0;
  while (rest >= 1_024 && unit < UNITS.length - 1) {
    rest /= 1_024;
    unit += 1;
  }
  return `${Number.isInteger(rest) ? rest : rest.toFixed(1)} ${UNITS[unit]}`;
}
