const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]?))/gu;

/**
 * Reads a string of PromQL: in double or single quotes with Go's escapes, or in backquotes as it stands.
 *
 * @param literal with its quotes
 * @returns what it means, or undefined where an escape means nothing
 */
export function readString(literal: string): string | undefined {
  const quote = literal[0] ?? '';
  const inside = literal.slice(1, -1);
  if (quote === '`') return inside;
  let isWrong = false;
  const value = inside.replaceAll(ESCAPED, (all: string, ...groups: (string | undefined)[]) => {
    const [byte, octal, short, long, letter] = groups;
    const code = codeOf(byte, octal, short, long);
    const meant = code === undefined ? (letter === quote ? quote : ESCAPES.get(letter ?? '')) : fromCode(code);
    if (meant === undefined) isWrong = true;
    return meant ?? all;
  });
  return isWrong ? undefined : value;
}

function codeOf(byte?: string, octal?: string, short?: string, long?: string): number | undefined {
  if (octal !== undefined) return Number.parseInt(octal, 8);
  const digits = byte ?? short ?? long;
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function fromCode(code: number): string | undefined {
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}
