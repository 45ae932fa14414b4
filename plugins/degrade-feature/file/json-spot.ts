import type { Spot } from './spot.js';

/**
 * Finds where a value is written in JSON; of members with one name the last counts, as it does when JSON is read.
 *
 * @param text valid JSON
 * @param path names of members, from the outside in
 * @returns undefined when there is none
 */
export function jsonSpot(text: string, path: readonly string[]): Spot | undefined {
  const start = afterSpace(text, 0);
  return path.reduce<Spot | undefined>((at, name) => (at === undefined ? undefined : memberOf(text, at.start, name)), {
    start,
    end: afterValue(text, start),
  });
}

function memberOf(text: string, object: number, name: string): Spot | undefined {
  if (text[object] !== '{') return undefined;
  let found: Spot | undefined;
  let at = afterSpace(text, object + 1);
  while (text[at] === '"') {
    const keyEnd = afterText(text, at);
    const start = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = afterValue(text, start);
    if (JSON.parse(text.slice(at, keyEnd)) === name) found = { start, end };
    const next = afterSpace(text, end);
    if (text[next] !== ',') break;
    at = afterSpace(text, next + 1);
  }
  return found;
}

function afterValue(text: string, start: number): number {
  if (text[start] === '"') return afterText(text, start);
  if (text[start] !== '{' && text[start] !== '[') return next(/[\s,\]}]/g, text, start);
  let at = start;
  for (let depth = 0; at < text.length; at = next(/["{}[\]]/g, text, at)) {
    if (text[at] === '"') {
      at = afterText(text, at);
      continue;
    }
    depth += text[at] === '{' || text[at] === '[' ? 1 : -1;
    at += 1;
    if (depth === 0) break;
  }
  return at;
}

function afterText(text: string, quote: number): number {
  let at = next(/["\\]/g, text, quote + 1);
  while (text[at] === '\\') at = next(/["\\]/g, text, at + 2);
  return at + 1;
}

function afterSpace(text: string, start: number): number {
  return next(/\S/g, text, start);
}

/** Where the next character of a kind stands, or the end. */
function next(kind: RegExp, text: string, from: number): number {
  kind.lastIndex = from;
  return kind.exec(text)?.index ?? text.length;
}
