const DOTS = '...';

/**
 * Shortens a text at the end of a word: half a secret would not be known as one, and not be masked.
 *
 * @param text whatever a child has said
 * @param longest so many characters at most, with the dots: what was cut once stays as it is
 */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf(' ', longest - DOTS.length);
  return `${text.slice(0, Math.max(0, end))}${DOTS}`;
}
