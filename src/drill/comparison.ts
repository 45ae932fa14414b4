/** Tells whether a value is as it should be; `text` is the comparison for people. */
export interface Comparison {
  readonly text: string;
  /** What values are compared with. */
  readonly limit: number;
  holds(value: number): boolean;
}

/** As runbooks write it for the probe `prometheus/query`, for example `< 0.005`. */
const SHAPE = /^\s*(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)\s*$/;

const OPERATORS = new Map<string, (value: number, limit: number) => boolean>([
  ['>', (value, limit) => value > limit],
  ['>=', (value, limit) => value >= limit],
  ['<', (value, limit) => value < limit],
  ['<=', (value, limit) => value <= limit],
  ['==', (value, limit) => value === limit],
  ['!=', (value, limit) => value !== limit],
]);

/**
 * Reads a comparison.
 *
 * @param text an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a finite number
 * @returns undefined when the text is anything else
 */
export function parseComparison(text: string): Comparison | undefined {
  const [, operator = '', digits = ''] = SHAPE.exec(text) ?? [];
  const compare = OPERATORS.get(operator);
  const limit = Number(digits);
  if (compare === undefined || !Number.isFinite(limit)) return undefined;
  return { text: `${operator} ${digits}`, limit, holds: (value) => compare(value, limit) };
}
