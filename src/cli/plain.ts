/** What steers a terminal, turns the direction of writing or cannot be seen; lines, and what joins letters, are no tricks. */
const UNSEEN = /(?![\t\n\u200C\u200D])[\p{Cc}\p{Cf}]/gu;

/** Shows what would steer a terminal or deceive a reader instead of letting it: labels and reasons come from anywhere. */
export function plain(text: string): string {
  return text.replace(UNSEEN, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
