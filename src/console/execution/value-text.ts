import { canonicalJson, type Json } from '../../core/json.js';
import { visible } from '../visible.js';

const LONGEST = 200;

/** Writes a value of a plan for a page: as JSON, cut when it is very long, with what cannot be seen written out. */
export function valueText(value: Json): string {
  return visible(cut(canonicalJson(value)));
}

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  // half a surrogate pair would be no character
  return `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
