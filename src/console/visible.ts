/** What cannot be seen or turns the direction of writing; lines, and what joins letters, are no tricks. */
const UNSEEN = /(?![\n\r\t\u200C\u200D])[\p{Cc}\p{Cf}]/gu;

/**
 * Writes out characters that would show somebody who decides something else than what is there: labels come from
 * outside. Pages themselves hold none of them.
 *
 * @param text of any kind, also a whole page
 */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
