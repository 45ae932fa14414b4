// npm's postinstall of this project: a checkout gets a Node that is new enough; as somebody's dependency it does nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNode } from './node-runtime.mjs';
import { markPackagesInstalled } from './packages.mjs';
import { leaveWith } from './leave.mjs';
import { root } from './root.mjs';

// A published package carries no package-lock.json.
if (existsSync(join(root, 'package-lock.json'))) {
  await leaveWith(() => {
    ensureNode();
    markPackagesInstalled();
  });
}
