import { childrenOf, textOf, type Source, type Syntax } from './syntax.js';

/**
 * Computes what has no series in it: a number, or a sum, difference, product, quotient, remainder or power of numbers.
 *
 * @returns undefined when it is something else
 */
export function readNumber(source: Source, node: Syntax, depth = 0): number | undefined {
  if (depth > MOST_DEEP) return undefined;
  const parts = childrenOf(node);
  const [first, operator, last] = parts;
  const inner = (part: Syntax | undefined): number | undefined =>
    part === undefined ? undefined : readNumber(source, part, depth + 1);
  if (node.name === 'NumberDurationLiteral') return literal(textOf(source, node));
  if (node.name === 'ParenExpr') return inner(first);
  if (node.name === 'UnaryExpr') {
    const value = inner(operator);
    return value === undefined || first === undefined ? undefined : signed(textOf(source, first), value);
  }
  if (node.name !== 'BinaryExpr' || parts.length !== 3 || operator === undefined) return undefined;
  // the grammar takes the sign for a part of the number, but a power binds closer than a sign: -1^2 is -1
  const minus =
    operator.name === 'Pow' && first?.name === 'NumberDurationLiteral' && textOf(source, first).startsWith('-');
  const left = inner(first);
  if (!minus || left === undefined) return compute(operator.name, left, inner(last));
  const power = compute(operator.name, -left, inner(last));
  return power === undefined ? undefined : -power;
}

/** Deeper nesting than this is nobody's query. */
const MOST_DEEP = 50;

function signed(sign: string, value: number): number {
  return sign === '-' ? -value : value;
}

function literal(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([+-]?)\s*([^]*)$/.exec(text) ?? [];
  if (/^inf$/i.test(digits)) return signed(sign, Infinity);
  if (/^nan$/i.test(digits)) return NaN;
  // as in Go, a zero in front makes it octal
  if (/^0[0-7]+$/.test(digits)) return signed(sign, Number.parseInt(digits, 8));
  const plain = /^(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.test(digits) ? Number(digits) : NaN;
  return Number.isNaN(plain) ? undefined : signed(sign, plain);
}

function compute(operator: string, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const computed: Readonly<Record<string, number>> = {
    Add: left + right,
    Sub: left - right,
    Mul: left * right,
    Div: left / right,
    Mod: left % right,
    Pow: left ** right,
  };
  return Object.hasOwn(computed, operator) ? computed[operator] : undefined;
}
