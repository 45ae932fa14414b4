import { parseArgs } from 'node:util';
import { WrongUse } from './command.js';
import { messageOf } from '../core/message-of.js';

/** What is wanted of a drill. */
export interface DrillLine {
  readonly file?: string;
  readonly does: 'hold' | 'check' | 'undo' | 'render' | 'schema';
  /** Whether nobody is asked again. */
  readonly yes: boolean;
  /** Whether resources of Chaos Mesh are created and deleted. */
  readonly kubectl: boolean;
  /** Folder for the report. */
  readonly report?: string;
}

const FLAG = { type: 'boolean', default: false } as const;
const DEEDS = ['check', 'undo', 'render', 'schema'] as const;

/**
 * Reads the command line of `firebreak drill`.
 *
 * @throws WrongUse saying what is wrong
 */
export function readDrillLine(args: readonly string[]): DrillLine {
  const { values, positionals } = parsed(args);
  const deeds = DEEDS.filter((deed) => values[deed]);
  const [does = 'hold', second] = deeds;
  if (second !== undefined) throw new WrongUse(`--${does} and --${second} do not go together`);
  const [file, extra] = positionals;
  if (extra !== undefined) throw new WrongUse(`"${extra}" is too much`);
  if (file === undefined && does !== 'schema') throw new WrongUse('the file of a drill is missing');
  return {
    does,
    yes: values.yes,
    kubectl: values.kubectl,
    ...(file === undefined ? {} : { file }),
    ...(values.report === undefined ? {} : { report: values.report }),
  };
}

function parsed(args: readonly string[]) {
  const options = {
    check: FLAG,
    undo: FLAG,
    render: FLAG,
    schema: FLAG,
    yes: FLAG,
    kubectl: FLAG,
    report: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const [first = ''] = messageOf(error).split(/[.\n]/);
    throw new WrongUse(first.replace(/^./, (letter) => letter.toLowerCase()));
  }
}
