import { MappingType, SpecialValueMatch, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/** What a value is called and how it is coloured; the word says it all, also to those who see no colours. */
export type Word = readonly [text: string, color: string];

/** Gives certain values a word and a colour. */
export function words(by: Readonly<Record<string, Word>>): ValueMapping {
  const options = Object.entries(by).map(([value, [text, color]], index) => [value, { text, color, index }] as const);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/**
 * Gives values from one to another, both included, a word and a colour.
 *
 * @param from the least, or null for no bound
 * @param to the greatest, or null for no bound
 */
export function between(from: number | null, to: number | null, [text, color]: Word): ValueMapping {
  return { type: MappingType.RangeToText, options: { from, to, result: { text, color } } };
}

/** Says something where there is no value. */
export function nothing([text, color]: Word): ValueMapping {
  return { type: MappingType.SpecialValue, options: { match: SpecialValueMatch.NullAndNan, result: { text, color } } };
}

/** Stands for a figure that nobody measures, in queries that must answer something for each thing. */
export const UNTOLD = -1;

/** Says of a figure that nobody measures it. */
export const untold = (text: string): ValueMapping => words({ [UNTOLD]: [text, 'text'] });
