import { npm } from './run.mjs';
import { say } from './say.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';
import { join } from 'node:path';
import { root } from './root.mjs';

const home = 'tools/unleash';
const stamp = `${home}/node_modules/.firebreak-packages`;
const lockHash = () => hashOf([`${home}/package-lock.json`]);

/**
 * Installs the Unleash server that tests talk to, when it is missing or was installed from another package-lock.json. It
 * has packages of its own, because the project needs none of them.
 */
export function ensureUnleash() {
  if (isStamped(stamp, lockHash())) return;
  say(`installing the Unleash server into ${home} (npm ci), whose features are turned off in tests`);
  npm(['ci', '--ignore-scripts', '--omit=dev'], join(root, home));
  writeStamp(stamp, lockHash());
}
