import { constants, type Stats } from 'node:fs';
import { open, rm } from 'node:fs/promises';

/**
 * Writes a new file that is to take the place of another one, and has its owner and permissions; what is there is removed
 * first. Repeatable.
 *
 * @param candidate its path, in the folder of the other
 * @param like what is known of the other
 */
export async function writeBeside(candidate: string, text: string, like: Stats, signal: AbortSignal): Promise<void> {
  await rm(candidate, { force: true });
  const handle = await open(candidate, 'wx', 0o600);
  try {
    await handle.writeFile(text, { signal });
    const made = await handle.stat();
    if (made.uid !== like.uid || made.gid !== like.gid) await handle.chown(like.uid, like.gid);
    await handle.chmod(like.mode & 0o7777);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Brings a folder's entries to the disk, so that a renamed file outlives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
