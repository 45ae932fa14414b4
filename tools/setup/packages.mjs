import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { npm } from './run.mjs';
import { say } from './say.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';

const stamp = 'node_modules/.firebreak-packages';
const lockHash = () => hashOf(['package-lock.json']);

/** Installs the npm packages when they are missing or were installed from another package-lock.json. */
export function ensurePackages() {
  if (isStamped(stamp, lockHash())) return;
  const why = existsSync(join(root, 'node_modules'))
    ? 'node_modules does not fit package-lock.json'
    : 'node_modules is missing';
  say(`installing the npm packages (npm ci), because ${why}`);
  // The build needs the development packages, whatever NODE_ENV says.
  npm(['ci', '--include=dev']);
  markPackagesInstalled();
}

/** Remembers from which package-lock.json node_modules was installed. */
export function markPackagesInstalled() {
  writeStamp(stamp, lockHash());
}
