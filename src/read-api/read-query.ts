import { readNumber } from './read-number.js';
import { readSelector, type ReadSelector } from './read-selector.js';
import { AGGREGATIONS, COMPARISONS, PICKS, UNDERSTOOD, type Query, type Vector } from './query.js';
import { childrenOf, placeOf, readSyntax, sayWrong, textOf, type Source, type Syntax } from './syntax.js';

/** A longer text is nobody's query. */
export const LONGEST_QUERY = 8_192;
const MOST_DEEP = 20;
/** Nothing here has as many labels; each is looked for in each series. */
const MOST_GROUPING = 50;

/** What a text asks for, or why it is not understood. */
export type ReadQuery = { readonly ok: true; readonly query: Query } | { readonly ok: false; readonly error: string };

type ReadVector = { readonly ok: true; readonly vector: Vector } | { readonly ok: false; readonly error: string };

/** Reads PromQL, as far as it is understood here: what is none is told from what is only not understood. */
export function readQuery(text: string): ReadQuery {
  if (text.length > LONGEST_QUERY) return { ok: false, error: `a query may have ${LONGEST_QUERY} characters at most` };
  const source = readSyntax(text);
  const [top] = childrenOf(source.top);
  if (source.wrongAt !== undefined || top === undefined) return { ok: false, error: sayWrong(source) };
  const value = readNumber(source, top);
  if (value !== undefined) return { ok: true, query: { is: 'number', value } };
  const read = readVector(source, top, 0);
  return read.ok ? { ok: true, query: read.vector } : read;
}

/** Reads a selector on its own, as `match[]` has it. */
export function readMatch(text: string): ReadSelector {
  if (text.length > LONGEST_QUERY)
    return { ok: false, error: `a selector may have ${LONGEST_QUERY} characters at most` };
  const source = readSyntax(text);
  const [top] = childrenOf(source.top);
  if (source.wrongAt !== undefined || top === undefined) return { ok: false, error: sayWrong(source) };
  if (top.name === 'VectorSelector') return readSelector(source, top);
  return { ok: false, error: `${placeOf(text, top.from)}: parse error: a selector was expected` };
}

function readVector(source: Source, node: Syntax, depth: number): ReadVector {
  if (depth > MOST_DEEP) return refuse(source, node, 'this is nested too deeply');
  const [first] = childrenOf(node);
  if (node.name === 'ParenExpr' && first !== undefined) return readVector(source, first, depth + 1);
  if (node.name === 'VectorSelector') {
    const read = readSelector(source, node);
    return read.ok ? { ok: true, vector: { is: 'selector', matchers: read.matchers } } : read;
  }
  if (node.name === 'BinaryExpr') return readCompared(source, node, depth);
  if (node.name === 'AggregateExpr') return readAggregated(source, node, depth);
  return refuse(source, node, `${KINDS.get(node.name) ?? 'this'} (${JSON.stringify(excerpt(textOf(source, node)))})`);
}

function readCompared(source: Source, node: Syntax, depth: number): ReadVector {
  const [left, operator, right, more] = childrenOf(node);
  if (left === undefined || operator === undefined || right === undefined) return refuse(source, node, 'this');
  const by = COMPARISONS.find((one) => one === textOf(source, operator));
  if (by === undefined) return refuse(source, operator, `the operator ${textOf(source, operator)} on series`);
  if (more !== undefined) return refuse(source, right, `the modifier ${excerpt(textOf(source, right))}`);
  const than = readNumber(source, right);
  if (than === undefined) return refuse(source, right, 'a comparison with something else than a number on its right');
  if (readNumber(source, left) !== undefined)
    return wrong(source, operator, 'comparisons between scalars must use BOOL modifier');
  const of = readVector(source, left, depth + 1);
  return of.ok ? { ok: true, vector: { is: 'compared', by, than, of: of.vector } } : of;
}

function readAggregated(source: Source, node: Syntax, depth: number): ReadVector {
  const parts = childrenOf(node);
  const operator = parts.find(({ name }) => name === 'AggregateOp');
  const body = parts.find(({ name }) => name === 'FunctionCallBody');
  const modifier = parts.find(({ name }) => name === 'AggregateModifier');
  const name = operator === undefined ? '' : textOf(source, operator).toLowerCase();
  const labels = modifier === undefined ? [] : labelsIn(source, modifier);
  if (labels === undefined) return refuse(source, modifier ?? node, '"without", or a label name in quotes');
  if (labels.length > MOST_GROUPING)
    return wrong(source, modifier ?? node, `"by" may name ${MOST_GROUPING} labels at most`);
  const given = body === undefined ? [] : childrenOf(body);
  const aggregation = AGGREGATIONS.find((one) => one === name);
  const pick = PICKS.find((one) => one === name);
  const wanted = pick === undefined ? 1 : 2;
  if (aggregation === undefined && pick === undefined) return refuse(source, node, `the aggregation ${name}`);
  const [last] = given.slice(-1);
  if (given.length !== wanted || last === undefined)
    return wrong(
      source,
      node,
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${given.length}`,
    );
  const of = readVector(source, last, depth + 1);
  if (!of.ok) return of;
  if (aggregation !== undefined)
    return { ok: true, vector: { is: 'aggregated', by: aggregation, labels, of: of.vector } };
  const [parameter] = given;
  const most = parameter === undefined ? undefined : readNumber(source, parameter);
  if (most === undefined || pick === undefined)
    return refuse(source, parameter ?? node, `${name} of something else than a number`);
  if (Number.isNaN(most)) return wrong(source, parameter ?? node, `${name} of NaN`);
  return { ok: true, vector: { is: 'picked', by: pick, most: Math.max(0, Math.trunc(most)), labels, of: of.vector } };
}

/** The labels of `by (...)`; undefined for another modifier. */
function labelsIn(source: Source, modifier: Syntax): string[] | undefined {
  const [kind, grouping] = childrenOf(modifier);
  if (kind?.name !== 'By' || grouping === undefined) return undefined;
  const labels = childrenOf(grouping);
  return labels.every(({ name }) => name === 'LabelName') ? labels.map((one) => textOf(source, one)) : undefined;
}

/** What people will try, by its name in the grammar. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['FunctionCall', 'a function'],
  ['MatrixSelector', 'a range of time'],
  ['SubqueryExpr', 'a subquery'],
  ['OffsetExpr', 'the modifier offset'],
  ['StepInvariantExpr', 'the modifier @'],
  ['AnchoredExpr', 'the modifier anchored'],
  ['SmoothedExpr', 'the modifier smoothed'],
  ['UnaryExpr', 'a sign before series'],
  ['StringLiteral', 'a string on its own'],
  ['NumberDurationLiteral', 'a duration, or a number where series were expected'],
]);

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function wrong({ text }: Source, { from }: Syntax, what: string): { ok: false; error: string } {
  return { ok: false, error: `${placeOf(text, from)}: parse error: ${what}` };
}

function refuse({ text }: Source, { from }: Syntax, what: string): { ok: false; error: string } {
  return { ok: false, error: `${placeOf(text, from)}: not understood here: ${what}; ${UNDERSTOOD}` };
}
