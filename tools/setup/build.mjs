import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';

const stamp = 'dist/.firebreak-build';
const inputs = [
  'src',
  'plugins',
  'test/rig',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
];
const isInput = (file) => !/\.(spec\.ts|md)$/.test(file);

/** Builds dist/ when it is missing or was built from other sources. */
export function ensureBuild() {
  if (isStamped(stamp, hashOf(inputs, isInput))) return;
  const why = existsSync(join(root, 'dist')) ? 'the sources have changed' : 'dist/ is missing';
  say(`building dist/ (nest build), because ${why}`);
  build();
}

/** Builds dist/ whatever is there. */
export function build() {
  const hash = hashOf(inputs, isInput);
  run('nest', ['build'], { shell: process.platform === 'win32' });
  writeStamp(stamp, hash);
}
