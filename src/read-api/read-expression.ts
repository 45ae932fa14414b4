import { RE2JS } from 're2js';

/** What is held against texts of 300 characters takes some milliseconds at most, whatever they say. */
const LARGEST = 500;
/** Reading what repeats more often would itself take long. */
const MOST_REPEATED = 200;
/** A class such as `\pL` is a list of hundreds of ranges each time. */
const MOST_CLASSES = 20;

/**
 * Reads a regular expression (RE2) as Prometheus 3 does: it holds for whole values, and a dot for every character.
 *
 * @returns what is wrong with it where it is none, or is so large that holding it against many values would take long
 */
export function readExpression(text: string): RE2JS | string {
  const repeated = [...text.matchAll(/\{(\d*),?(\d*)\}/g)].map(([, least, most]) =>
    Math.max(1, Number(least), Number(most)),
  );
  if (repeated.reduce((all, one) => all * one, 1) > MOST_REPEATED) return tooLarge(text);
  if ((text.match(/\\p/gi) ?? []).length > MOST_CLASSES) return tooLarge(text);
  try {
    const expression = RE2JS.compile(text, RE2JS.DOTALL);
    // a list of many values, as Grafana makes it of variables, is large and quick
    return expression.programSize() > LARGEST && /[*+?{]/.test(text) ? tooLarge(text) : expression;
  } catch (error) {
    return error instanceof Error ? error.message : 'this is not a regular expression (RE2)';
  }
}

function tooLarge(text: string): string {
  return `the regular expression ${JSON.stringify(text.slice(0, 60))} is too large: it would take long to hold it against many values`;
}
