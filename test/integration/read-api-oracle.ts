import fc from 'fast-check';
import { z } from 'zod';
import { filled, type Told } from './read-api-kit.js';

/** One condition. */
interface Condition {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A question, simple enough to be answered here in another way. */
export interface Question {
  readonly conditions: readonly Condition[];
  readonly than: { readonly by: '>' | '>=' | '<' | '<=' | '==' | '!='; readonly value: number } | undefined;
  readonly over: { readonly by: 'count' | 'sum' | 'min' | 'max'; readonly labels: readonly string[] } | undefined;
}

/** Questions about some series: most of what they name is there. */
export function questionsAbout(all: readonly Told[]): fc.Arbitrary<Question> {
  const metrics = [...new Set(all.map(({ labels }) => labels['__name__'] ?? ''))];
  return fc.constantFrom(...metrics).chain((metric) => {
    const some = all.filter(({ labels }) => labels['__name__'] === metric);
    return questionsOf(metric, some);
  });
}

/** Only labels are named that are known here. */
function questionsOf(metric: string, all: readonly Told[]): fc.Arbitrary<Question> {
  const names = [...new Set(all.flatMap(({ labels }) => Object.keys(labels)))];
  const some = fc.constantFrom(...all);
  const condition = fc
    .record({ from: some, name: fc.constantFrom(...names, 'nothing'), how: fc.constantFrom(...HOW) })
    .map(({ from, name, how }): Condition => how(name, from.labels[name] ?? ''));
  return fc.record({
    conditions: fc.array(condition, { maxLength: 2 }).map((more) => [is('__name__', metric), ...more]),
    than: fc.option(
      fc.record({
        by: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '==' as const, '!=' as const),
        value: some.map(({ value }) => value),
      }),
      { nil: undefined },
    ),
    over: fc.option(
      fc.record({
        by: fc.constantFrom('count' as const, 'sum' as const, 'min' as const, 'max' as const),
        labels: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
      }),
      { nil: undefined },
    ),
  });
}

const is = (name: string, value: string): Condition => ({ name, op: '=', value });
const plain = (text: string): string => text.replaceAll(/[^\w-]/g, '.');
const HOW: readonly ((name: string, value: string) => Condition)[] = [
  is,
  (name, value) => ({ name, op: '!=', value }),
  (name, value) => ({ name, op: '=~', value: `${plain(value.slice(0, 3))}.*|x` }),
  (name, value) => ({ name, op: '!~', value: `(${plain(value)})` }),
  (name) => ({ name, op: '=~', value: '.+' }),
  (name) => ({ name, op: '=', value: '' }),
];

/** Writes a question in PromQL. */
export function textOf({ conditions, than, over }: Question): string {
  const selector = `{${conditions.map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`).join(', ')}}`;
  const compared = than === undefined ? selector : `${selector} ${than.by} ${than.value}`;
  return over === undefined ? compared : `${over.by} by (${over.labels.join(', ')}) (${compared})`;
}

/** Answers a question. */
export function answerTo({ conditions, than, over }: Question, all: readonly Told[]): Told[] {
  const left = all
    .filter(({ labels }) => conditions.every((one) => holds(one, labels[one.name] ?? '')))
    .filter(({ value }) => than === undefined || compares(than.by, value, than.value));
  if (over === undefined) return left;
  const groups = new Map<string, number[]>();
  for (const { labels, value } of left) {
    const key = JSON.stringify(filled(Object.fromEntries(over.labels.map((name) => [name, labels[name] ?? '']))));
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return [...groups].map(([key, values]) => ({ labels: read.parse(JSON.parse(key)), value: summed(over.by, values) }));
}

const read = z.record(z.string(), z.string());

function holds({ op, value }: Condition, text: string): boolean {
  const fits = op === '=' || op === '!=' ? text === value : new RegExp(`^(?:${value})$`, 's').test(text);
  return fits === (op === '=' || op === '=~');
}

function compares(by: NonNullable<Question['than']>['by'], value: number, than: number): boolean {
  const sign = Math.sign(value - than);
  return { '>': sign > 0, '>=': sign >= 0, '<': sign < 0, '<=': sign <= 0, '==': sign === 0, '!=': sign !== 0 }[by];
}

function summed(by: NonNullable<Question['over']>['by'], values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const total = values.reduce((sum, value) => sum + value, 0);
  return { count: values.length, sum: total, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN }[by];
}
