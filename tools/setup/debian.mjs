import { existsSync } from 'node:fs';
import { withoutServices } from './without-services.mjs';
import { tryQuietly, tryQuietlyAside } from './run.mjs';
import { SetupError, UNAVAILABLE, say } from './say.mjs';

const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
const lock = ['-o', 'DPkg::Lock::Timeout=120'];

/** Installs programs of the table with apt-get as root; their services are neither started now nor at the next boot. */
export async function installFromDebian(missing) {
  const names = missing.map((program) => program.debian);
  const install = ['install', '-y', '--no-install-recommends', ...names];
  const allKnown = names.every(isKnown);
  if (!allKnown) await update('apt-get does not know all of the packages yet');
  await withoutServices(async (stopIfAsked) => {
    let done = await apt(install);
    stopIfAsked();
    if (!done.ok && allKnown) {
      await update('the package lists may be too old');
      stopIfAsked();
      done = await apt(install);
      stopIfAsked();
    }
    if (!done.ok) throw aptFailure(`could not install ${names.join(' ')}`, done);
    keepOffAtBoot(missing.flatMap((program) => program.services));
  });
}

function apt(args) {
  return tryQuietlyAside('apt-get', ['-q', ...lock, ...args], { env: environment });
}

function aptFailure(what, done) {
  return new SetupError(`apt-get ${what}:\n${done.output.trim()}`, UNAVAILABLE);
}

function isKnown(name) {
  const answer = tryQuietly('apt-cache', ['policy', name], { env: environment });
  return /^ +Candidate: (?!\(none\))/m.test(answer.output);
}

async function update(why) {
  say(`asking for new package lists (apt-get update), because ${why}`);
  const done = await apt(['update']);
  if (!done.ok) throw aptFailure('update failed', done);
}

function keepOffAtBoot(services) {
  // Only a system that is run by systemd starts them at boot.
  if (existsSync('/run/systemd/system')) tryQuietly('systemctl', ['disable', '--quiet', ...services]);
}
