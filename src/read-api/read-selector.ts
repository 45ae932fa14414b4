import { matchesAbsent, type Matcher } from '../core/matcher.js';
import { readExpression } from './read-expression.js';
import { readString } from './read-string.js';
import { childrenOf, placeOf, textOf, type Source, type Syntax } from './syntax.js';

const MOST_MATCHERS = 50;
const MOST_EXPRESSIONS = 10;

/** The conditions of a selector, or what is wrong with it. */
export type ReadSelector =
  { readonly ok: true; readonly matchers: readonly Matcher[] } | { readonly ok: false; readonly error: string };

/** Reads a selector: a name, conditions in braces, or both. One that would select everything is refused, as in Prometheus. */
export function readSelector(source: Source, node: Syntax): ReadSelector {
  const wrong = (what: string, at: number = node.from): ReadSelector => ({
    ok: false,
    error: `${placeOf(source.text, at)}: parse error: ${what}`,
  });
  const matchers: Matcher[] = [];
  const parts = partsOf(node);
  if (parts.length > MOST_MATCHERS) return wrong(`a selector may have ${MOST_MATCHERS} matchers at most`);
  for (const part of parts) {
    if (matchers.filter(isExpression).length >= MOST_EXPRESSIONS)
      return wrong(`a selector may have ${MOST_EXPRESSIONS} regular expressions at most`);
    const read = readPart(source, part);
    if (typeof read === 'string') return wrong(read, part.from);
    matchers.push(read);
  }
  const names = matchers.filter(({ name, op }) => name === '__name__' && op === '=');
  const hasName = parts.some(({ name }) => name === 'Identifier' || name === 'QuotedLabelName');
  if (hasName && names.length > 1) return wrong(`metric name must not be set twice: ${sayNames(names)}`);
  if (matchers.every(matchesAbsent)) return wrong('vector selector must contain at least one non-empty matcher');
  return { ok: true, matchers };
}

/** The name and each condition. */
function partsOf(node: Syntax): Syntax[] {
  return childrenOf(node).flatMap((child) => (child.name === 'LabelMatchers' ? childrenOf(child) : [child]));
}

function readPart(source: Source, part: Syntax): Matcher | string {
  if (part.name === 'Identifier') return named(textOf(source, part));
  const [first, operator, last] = childrenOf(part);
  if (part.name === 'QuotedLabelName') {
    const name = first === undefined ? undefined : readString(textOf(source, first));
    return name === undefined ? 'wrong escape in a string' : named(name);
  }
  if (first === undefined || operator === undefined || last === undefined) return 'a matcher was expected';
  const name = first.name === 'LabelName' ? textOf(source, first) : readString(textOf(source, first));
  const value = readString(textOf(source, last));
  if (name === undefined || value === undefined) return 'wrong escape in a string';
  return matcherOf(name, textOf(source, operator), value);
}

function named(value: string): Matcher {
  return { name: '__name__', op: '=', value };
}

function matcherOf(name: string, op: string, value: string): Matcher | string {
  if (op === '=' || op === '!=') return { name, op, value };
  if (op !== '=~' && op !== '!~') return 'one of = != =~ !~ was expected';
  const read = readExpression(value);
  return typeof read === 'string' ? read : { name, op, value, regex: read };
}

function sayNames(names: readonly Matcher[]): string {
  return names.map(({ value }) => JSON.stringify(value)).join(' or ');
}

function isExpression({ op }: Matcher): boolean {
  return op === '=~' || op === '!~';
}
