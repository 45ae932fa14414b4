/** What came of reading a duration: its length in milliseconds, or why it is none. */
export type ParsedDuration =
  { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly detail: string };

const UNITS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const SHAPE = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Reads a duration the way Prometheus writes it.
 *
 * @param text for example `90s`, `1h30m`, `250ms` or `0`; units from large to small, each at most once
 * @returns the length in milliseconds, or what is wrong with the text
 */
export function parseDuration(text: string): ParsedDuration {
  if (text === '0') return { ok: true, ms: 0 };
  const found = text === '' ? null : SHAPE.exec(text);
  if (found === null) {
    return {
      ok: false,
      detail: `"${text}" is not a duration: write it as Prometheus does, for example 90s, 10m or 1h30m`,
    };
  }
  const ms = UNITS.reduce((sum, [, length], i) => sum + Number(found[i + 1] ?? 0) * length, 0);
  return Number.isSafeInteger(ms) ? { ok: true, ms } : { ok: false, detail: `"${text}" is too long` };
}

/** Writes a length in milliseconds as a Prometheus duration, largest units first (`5400000` becomes `1h30m`). */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, length] of UNITS.slice(2)) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}

/** Writes a length for a person, in its two largest units and with seconds rounded up (`200_500` becomes `3 min 21 s`). */
export function sayDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))} ms`;
  let rest = Math.ceil(ms / 1_000) * 1_000;
  const words: string[] = [];
  for (const [unit, length] of SPOKEN) {
    const count = Math.floor(rest / length);
    if (count > 0) words.push(`${count} ${unit}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
    rest -= count * length;
  }
  return words.join(' ');
}

const SPOKEN = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;
