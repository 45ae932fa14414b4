/** A comparison as runbooks write it, for example `> 0.85`. */
export const COMPARISON = /^\s*(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)\s*$/;

/** Tells whether a value is as it should be; `text` is the comparison for people. */
export interface Comparison {
  readonly text: string;
  holds(value: number): boolean;
}

const OPERATORS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

/**
 * Reads a comparison.
 *
 * @param text an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a finite number
 * @returns undefined when the text is anything else
 */
export function parseComparison(text: string): Comparison | undefined {
  const [, operator = '', digits = ''] = COMPARISON.exec(text) ?? [];
  const compare = OPERATORS[operator];
  const limit = Number(digits);
  if (compare === undefined || !Number.isFinite(limit)) return undefined;
  return { text: `${operator} ${digits}`, holds: (value) => compare(value, limit) };
}
