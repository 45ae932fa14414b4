import { visible } from '../visible.js';

/** Sizes of the letters in the picture, in its own units. */
export const LETTERS = { plain: 12, strong: 14 } as const;
/** How text is set. */
export type Setting = keyof typeof LETTERS;

/** Shares of the size, for the widest font that a system is likely to have. */
const WIDEST = 1.4;
const WIDE = 1.1;
const CAPITAL = 0.9;
const USUAL = 0.68;
const STRONG = 1.1;

/** Says how wide a text is at most, in units of the picture. */
export function widthOf(text: string, setting: Setting): number {
  const shares = Array.from(text, shareOf).reduce((sum, share) => sum + share, 0);
  return shares * LETTERS[setting] * (setting === 'strong' ? STRONG : 1);
}

/** Cuts a text so that it surely has room; what is left out stands in the tables. */
export function fit(text: string, room: number, setting: Setting = 'plain'): string {
  const whole = visible(text);
  if (widthOf(whole, setting) <= room) return whole;
  const letters = Array.from(whole);
  while (letters.length > 0 && widthOf(`${letters.join('')}…`, setting) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

function shareOf(letter: string): number {
  if (letter.length > 1) return WIDEST;
  if (/[A-LN-VX-Z\u00C0-\u00DE]/.test(letter)) return CAPITAL;
  return /[a-ln-vx-z0-9 .,:;'()_\-\u00E0-\u017F]/.test(letter) ? USUAL : WIDE;
}
