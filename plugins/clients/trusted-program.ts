import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PluginError } from '../../src/plugin-sdk/index.js';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Sees to it that nobody but the owner of the machine or the service's own user could have put another program in a
 * program's place: it is a plain file of theirs, and neither it nor a folder on the way to it can be written by others.
 *
 * @param path absolute; links are followed
 * @throws PluginError `untrusted-program`, with what is wrong
 */
export async function assertTrusted(path: string): Promise<void> {
  const found = await realpath(path).catch((error: unknown) => refuse(path, `can't be found: ${codeOf(error)}`));
  const file = await stat(found);
  if (!file.isFile()) refuse(path, 'is no plain file');
  if (!isOurs(file.uid)) refuse(path, `belongs to user ${file.uid}, not to root or the service's user`);
  if ((file.mode & WRITABLE_BY_OTHERS) !== 0)
    refuse(path, 'can be written by others: take that right away (chmod go-w)');
  if ((file.mode & 0o111) === 0) refuse(path, 'may not be run: it has no right to (chmod +x)');
  for (const folder of new Set([...foldersOf(path), ...foldersOf(found)])) await assertFolder(path, folder);
}

async function assertFolder(path: string, folder: string): Promise<void> {
  const link = await lstat(folder);
  // A link is as safe as the folder it is in, and where it leads is looked at by itself.
  const { mode, uid } = link.isSymbolicLink() ? await stat(folder) : link;
  // In a sticky folder, such as /tmp, only the owner of a file can put another one in its place.
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0)
    refuse(path, `stands below ${folder}, which can be written by others`);
  if (!isOurs(uid)) refuse(path, `stands below ${folder}, which belongs to user ${uid}`);
}

function foldersOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersOf(above)];
}

const isOurs = (uid: number): boolean => uid === 0 || uid === process.getuid?.();

function refuse(path: string, why: string): never {
  throw new PluginError('untrusted-program', `${path} ${why}; it is not run`, false);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
