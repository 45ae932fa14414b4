import { basename } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Runbook } from '../core/runbook.js';
import { readGuide, type Guide } from './guide.js';
import { inReadingOrder, type Problem } from './problem.js';
import { readRunbook, type ReadRunbook } from './read-runbook.js';
import { checkLinks } from './runbook-links.js';
import type { RunbookContext } from './runbook-rules.js';
import { readSources, type SourceFile, type Sources } from './source-files.js';

/** What a folder of runbooks gave: those that are right, and everything that is wrong with the others. */
export interface LoadedRunbooks {
  readonly runbooks: readonly Runbook[];
  /** Runbooks that nothing is wrong with, but which need plugins that have no configuration: name and plugins. */
  readonly resting: ReadonlyMap<string, readonly string[]>;
  /** The human part of a runbook, by the runbook's name. */
  readonly guides: ReadonlyMap<string, Guide>;
  /** The machine part as it was written, by the runbook's name; also of those that rest. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/**
 * Reads all runbooks of a folder and reports all mistakes of all files at once.
 *
 * @param folder with `<name>.yaml` and, beside it, `<name>.md.hbs`
 * @param context plugins and topology that the runbooks are held against
 */
export async function loadRunbooks(folder: string, context: RunbookContext): Promise<LoadedRunbooks> {
  return buildRunbooks(await readSources(folder), context);
}

/** As `loadRunbooks`, from files that were read already. */
export async function buildRunbooks(sources: Sources, context: RunbookContext): Promise<LoadedRunbooks> {
  const read = await readAll(sources.runbooks, context);
  const guides = new Map<string, Guide>();
  const problems = [
    ...sources.problems,
    ...read.flatMap((one) => one.problems),
    ...sameNames(read),
    ...checkLinks(read),
  ];
  for (const guide of sources.guides) problems.push(...addGuide(guide, read, guides));
  const runbooks = read.flatMap((one) => (one.runbook === undefined || one.needs.length > 0 ? [] : [one.runbook]));
  const resting = new Map(
    read.flatMap((one) => (one.runbook === undefined || one.needs.length === 0 ? [] : [[one.runbook.name, one.needs]])),
  );
  const texts = new Map(read.flatMap(({ name, text }) => (name === undefined ? [] : [[name.text, text]])));
  return { runbooks, resting, guides, texts, problems: inReadingOrder(problems) };
}

type ReadFile = ReadRunbook & SourceFile;

/** Ten thousand runbooks take seconds; the process must go on answering and keeping its locks meanwhile. */
async function readAll(files: readonly SourceFile[], context: RunbookContext): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  for (const [i, { file, text }] of files.entries()) {
    if (i % 20 === 19) await breathe();
    read.push({ file, text, ...readRunbook(file, text, context) });
  }
  return read;
}

function sameNames(read: readonly ReadRunbook[]): Problem[] {
  const first = new Map<string, Problem>();
  return read.flatMap(({ name }) => {
    if (name === undefined) return [];
    const earlier = first.get(name.text);
    if (earlier === undefined) first.set(name.text, name.at);
    return earlier === undefined
      ? []
      : [{ ...name.at, message: `metadata.name: "${name.text}" is the name of ${earlier.file} already` }];
  });
}

function addGuide(guide: SourceFile, read: readonly ReadFile[], guides: Map<string, Guide>): Problem[] {
  const machinePart = basename(guide.file).replace(/\.md\.hbs$/, '.yaml');
  const owner = read.find(({ file }) => basename(file) === machinePart);
  const problem = (message: string, line = 1, column = 1): Problem => ({ file: guide.file, line, column, message });
  if (owner === undefined) return [problem(`explains a runbook that is not there: ${machinePart}`)];
  const made = readGuide(guide.text);
  if (!made.ok) return made.mistakes.map(({ message, within }) => problem(message, within.line, within.column));
  if (owner.name !== undefined) guides.set(owner.name.text, made.guide);
  return [];
}
