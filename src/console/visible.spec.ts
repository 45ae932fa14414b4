import { describe, expect, it } from 'vitest';
import { visible } from './visible.js';

describe('text from outside', () => {
  it.each([
    ['traffic/\u202Epohs', 'traffic/\\u202epohs'],
    ['\u2066a\u2069', '\\u2066a\\u2069'],
    ['a\u0000b\u001Bc\u0085', 'a\\u0000b\\u001bc\\u0085'],
    ['a\tb\r\nc', 'a\tb\r\nc'],
    ['Żółć 中心 العربية 🔥', 'Żółć 中心 العربية 🔥'],
  ])('S8: %j is shown as %j', (text, shown) => expect(visible(text)).toBe(shown));
});
