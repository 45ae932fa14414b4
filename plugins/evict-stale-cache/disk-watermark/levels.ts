/** How full a disk is, by what has to be done about it. */
export type Level = 'free' | 'freeze' | 'evict' | 'stop';

/**
 * The watermarks of a disk, after the source that the project was made from: from 85 % on writes that are not core are
 * frozen, from 92 % on entries are evicted and the rest compressed, from 98 % on all writes stop and people are told.
 */
export const WATERMARKS = [
  { level: 'stop', from: 0.98, outcome: 'stop all writes and tell people' },
  { level: 'evict', from: 0.92, outcome: 'evict entries and compress the rest' },
  { level: 'freeze', from: 0.85, outcome: 'freeze writes that are not core' },
] as const;

/** A level that something has to be done at. */
export type Watermark = (typeof WATERMARKS)[number]['level'];

/** From which share on a level holds, and what has to be done then; undefined while there is nothing to do. */
export function watermarkAt(used: number): (typeof WATERMARKS)[number] | undefined {
  return WATERMARKS.find(({ from }) => used >= from);
}

/**
 * Says which level a disk is at.
 *
 * @param used share of the disk that is in use, 0 to 1
 */
export function levelAt(used: number): Level {
  return watermarkAt(used)?.level ?? 'free';
}

/** Whether a level is at least as bad as another one. */
export function reaches(level: Level, from: Watermark): boolean {
  const rank = (one: Level) => WATERMARKS.findIndex((mark) => mark.level === one);
  // The worst comes first, and what is in no list is none of them.
  return level !== 'free' && rank(level) <= rank(from);
}

/**
 * Gives the share of a disk that is in use.
 *
 * @param available what can still be written without special rights, in bytes or blocks
 * @param size of the whole disk, in the same unit, above 0
 */
export function usedShare(available: number, size: number): number {
  // 1 - 0.15 and the like must lie on the watermark, not a hair beside it.
  return Math.round((1 - available / size) * 1e9) / 1e9;
}
