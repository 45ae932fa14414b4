/**
 * Tells whether a text fits a glob, in which `*` stands for any text and everything else for itself; an empty glob fits
 * the empty text alone. Linear in the length of both, whatever the pattern.
 */
export function globMatches(glob: string, text: string): boolean {
  const parts = glob.split('*');
  const [first = '', ...rest] = parts;
  if (!text.startsWith(first)) return false;
  if (rest.length === 0) return text === first;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
