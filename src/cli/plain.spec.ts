import { expect, it } from 'vitest';
import { plain } from './plain.js';

it.each([
  ['an escape', '\u001b[2J', '\\u001b[2J'],
  ['the same in one character', '\u009b2J', '\\u009b2J'],
  ['a return to the beginning of the line', 'a\rb', 'a\\u000db'],
  ['another direction of writing', '\u202eb\u2066\u061c', '\\u202eb\\u2066\\u061c'],
  ['letters that nobody sees', 'sh\u200bop\ufeff\u00ad\u{e0041}', 'sh\\u200bop\\ufeff\\u00ad\\ue0041'],
  ['what everybody sees', 'a\n\tß\u200d日本', 'a\n\tß\u200d日本'],
])('S8: a terminal shows %s', (_what, text, shown) => expect(plain(text)).toBe(shown));
