import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian keeps servers in sbin, which is not on the PATH of ordinary users.
const alsoLookIn = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin'];
// Debian keeps each version of PostgreSQL's server in a folder of its own, on nobody's PATH.
const postgres = '/usr/lib/postgresql';

/** Finds the first of several program names; answers its path, or undefined. */
export function findProgram(names) {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of [...onPath, ...alsoLookIn, ...postgresFolders()]) {
    for (const name of names) {
      const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

function postgresFolders() {
  if (!existsSync(postgres)) return [];
  return readdirSync(postgres)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(postgres, version, 'bin'));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
