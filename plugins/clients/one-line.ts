/**
 * Makes one line for people of whatever a program said: control characters, and those that turn the writing around, are
 * shown as what they are.
 *
 * @param text what was said; only the beginning is looked at
 * @param most how many characters are kept
 */
export function oneLine(text: string, most = 300): string {
  const shown = visible(text.slice(0, most * 2).trim()).replaceAll('\n', ' ');
  return shown.length > most || text.length > most * 2 ? `${shown.slice(0, most)}...` : shown;
}

/** Shows control characters, and those that turn the writing around, as what they are; the ends of lines stay. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => {
    if (found === '\n') return found;
    return found === '\t' ? ' ' : `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
