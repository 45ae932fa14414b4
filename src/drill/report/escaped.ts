const MARKS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Lines, and what joins letters, are no tricks. */
const UNSEEN = /(?![\t\n\r\u200C\u200D])[\p{Cc}\p{Cf}]/gu;

/** Makes text safe inside HTML and inside its attributes; what cannot be seen or turns the direction of writing is left out. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => MARKS[mark] ?? mark).replaceAll(UNSEEN, '');
}
