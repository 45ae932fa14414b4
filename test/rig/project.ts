import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's root folder, found from here upwards, so that sources and built files both find it. */
export const projectRoot = rootAbove(import.meta.dirname);

/** Gives the path of a built program, for example `builtProgram('src/main.js')`. */
export function builtProgram(path: string): string {
  const built = join(projectRoot, 'dist', path);
  if (!existsSync(built)) throw new Error(`dist/${path} is missing: run "npm run build" first`);
  return built;
}

/** Gives the path of a program of the rig: beside this file when built, else in `dist/`. */
export function rigProgram(name: string): string {
  const beside = join(import.meta.dirname, name);
  return existsSync(beside) ? beside : builtProgram(`test/rig/${name}`);
}

/**
 * Takes a file from `deploy/` with the names that only Docker Compose knows (`center-a:8080`) replaced by addresses on
 * this machine. A name that does not stand in the file is an error, so that the rig and `deploy/` cannot drift apart.
 *
 * @param path below `deploy/`
 * @param replacements what stands in the file, and what takes its place
 */
export function deployFile(path: string, replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(projectRoot, 'deploy', path), 'utf8');
  for (const [name, here] of Object.entries(replacements)) {
    if (!text.includes(name))
      throw new Error(`deploy/${path} does not mention ${name} any more: change the rig with it`);
    text = text.replaceAll(name, here);
  }
  return text;
}

/** Writes a file and the folders above it, and gives its path. */
export function writeInto(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'deploy'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('the project folder was not found above the rig');
  return rootAbove(above);
}
