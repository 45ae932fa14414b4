import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** A hash over the names and contents of files and of all files in folders (paths from the root); what is not there counts as empty. */
export function hashOf(paths, wanted = () => true) {
  const hash = createHash('sha256');
  for (const path of paths) for (const file of filesUnder(path)) if (wanted(file)) addFile(hash, file);
  return hash.digest('hex');
}

/** Whether a stamp file (path from the root) holds exactly this hash. */
export function isStamped(stamp, hash) {
  try {
    return readFileSync(join(root, stamp), 'utf8') === hash;
  } catch {
    return false;
  }
}

/** Writes a hash into a stamp file, for isStamped to find on the next run. */
export function writeStamp(stamp, hash) {
  writeFileSync(join(root, stamp), hash);
}

function addFile(hash, file) {
  hash
    .update(`${file}\0`)
    .update(readFileSync(join(root, file)))
    .update('\0');
}

function filesUnder(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}
