import { parseArgs } from 'node:util';
import { WrongUse } from './command.js';
import { messageOf } from '../core/message-of.js';

/** A command line that was read: its words, and its options by name. */
export interface Line<Option extends string> {
  readonly words: readonly string[];
  /** The value of `--<name>`, if it was given. */
  readonly option: (name: Option) => string | undefined;
  /** All values of an option that may come several times; of one with commas, its parts. */
  readonly all: (name: Option) => readonly string[];
}

/**
 * Reads a command line.
 *
 * @param args what stands behind the command's name
 * @param mostWords how many words beside the options it takes at most
 * @param options names of the options, each with a value
 * @param several those of them that may come more than once
 * @throws WrongUse naming what is not known, missing or too much
 */
export function readLine<Option extends string>(
  args: readonly string[],
  mostWords: number,
  options: readonly Option[] = [],
  several: readonly Option[] = [],
): Line<Option> {
  const { values, positionals } = parse(args, options, several);
  const extra = positionals[mostWords];
  if (extra !== undefined) throw new WrongUse(`"${extra}" is too much`);
  for (const [name, given] of Object.entries(values)) {
    if (given.some((value) => value.trim() === '')) throw new WrongUse(`--${name} is empty`);
  }
  return {
    words: positionals,
    option: (name) => values[name]?.[0],
    all: (name) => (values[name] ?? []).flatMap((value) => value.split(',')).map((value) => value.trim()),
  };
}

/** Gives what must stand on the command line. */
export function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new WrongUse(`${what} is missing`);
  return value;
}

interface Parsed {
  readonly values: { readonly [name: string]: readonly string[] };
  readonly positionals: readonly string[];
}

function parse(args: readonly string[], options: readonly string[], several: readonly string[]): Parsed {
  const known = Object.fromEntries(
    options.map((name) => [name, { type: 'string', multiple: several.includes(name) } as const]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: known });
    const given = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().map(String)] as const],
    );
    return { values: Object.fromEntries(given), positionals };
  } catch (error) {
    // Node adds advice for programmers after the first sentence
    const [first = ''] = messageOf(error).split(/[.\n]/);
    throw new WrongUse(first.replace(/^./, (letter) => letter.toLowerCase()));
  }
}
