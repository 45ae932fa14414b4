import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { sha256 } from './digest.js';
import type { Problem } from './problem.js';
import { MAX_FILE_BYTES } from './yaml-source.js';

/** One file as read, with the name that messages use for it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** Everything that a snapshot is made of, read but not yet understood. */
export interface Sources {
  readonly runbooks: readonly SourceFile[];
  /** The human parts, `<name>.md.hbs`. */
  readonly guides: readonly SourceFile[];
  readonly topology?: SourceFile;
  /** Files that could not be read. */
  readonly problems: readonly Problem[];
  /** SHA-256 over names and contents. */
  readonly digest: string;
}

/**
 * Reads a folder of runbooks and the topology. Files whose names begin with a dot or end in `~` are an editor's, and
 * other kinds of file are none of ours.
 *
 * @param folder with `*.yaml` and `*.md.hbs`
 * @param topology path of topology.yaml, when there is one
 */
export async function readSources(folder: string, topology?: string): Promise<Sources> {
  const problems: Problem[] = [];
  const read = async (path: string): Promise<SourceFile[]> => {
    const text = await readText(path);
    if (text.ok) return [{ file: displayed(path), text: text.text }];
    problems.push({ file: displayed(path), line: 1, column: 1, message: text.detail });
    return [];
  };
  const readAll = async (names: readonly string[]): Promise<SourceFile[]> => {
    const files: SourceFile[] = [];
    // One after the other: ten thousand at once would need as many open files.
    for (const name of names) files.push(...(await read(join(folder, name))));
    return files;
  };
  const names = await namesIn(folder, problems);
  for (const name of names.filter((one) => one.endsWith('.yml'))) {
    problems.push({
      file: displayed(join(folder, name)),
      line: 1,
      column: 1,
      message: 'not read: rename it to end in .yaml',
    });
  }
  const runbooks = await readAll(names.filter((name) => name.endsWith('.yaml')));
  const guides = await readAll(names.filter((name) => name.endsWith('.md.hbs')));
  const [map] = topology === undefined ? [] : await read(topology);
  const files = [...runbooks, ...guides, ...(map === undefined ? [] : [map])];
  const digest = sha256([
    ...files.flatMap(({ file, text }) => [basename(file), text]),
    ...problems.map(({ message }) => message),
  ]);
  return { runbooks, guides, problems, digest, ...(map === undefined ? {} : { topology: map }) };
}

/** Gives a path the way people at the project's root would write it. */
export function displayed(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

async function namesIn(folder: string, problems: Problem[]): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).sort();
  } catch (error) {
    const message = `cannot be listed (${codeOf(error)}): make this folder, or name another with FIREBREAK_RUNBOOKS`;
    problems.push({ file: displayed(folder), line: 1, column: 1, message });
    return [];
  }
}

type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string };

async function readText(path: string): Promise<ReadText> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { ok: false, detail: 'not a file' };
    if (found.size > MAX_FILE_BYTES) return { ok: false, detail: `larger than ${MAX_FILE_BYTES / 1024} KiB` };
    return decode(await readFile(path));
  } catch (error) {
    return { ok: false, detail: `cannot be read (${codeOf(error)})` };
  }
}

function decode(bytes: Uint8Array): ReadText {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, detail: 'not a text in UTF-8' };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error ? String(error.code) : error.message;
}
