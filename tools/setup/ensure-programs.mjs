import { installFromDebian } from './debian.mjs';
import { findProgram } from './find-program.mjs';
import { programs } from './programs.mjs';
import { SetupError, UNAVAILABLE, say } from './say.mjs';
import { tidyUpServices } from './without-services.mjs';

/** Makes sure that programs of the table are there: installs them where that is possible without asking, and else says how to. */
export async function ensurePrograms(names) {
  if (process.getuid?.() === 0) tidyUpServices();
  const missing = names.filter((name) => !findProgram(programs[name].binaries)).map((name) => programs[name]);
  if (missing.length > 0) await install(missing);
}

async function install(missing) {
  const packages = missing.map((program) => program.debian).join(' ');
  for (const { binaries, purpose } of missing) say(`missing: ${binaries.join(' or ')}, which ${purpose}`);
  if (!findProgram(['apt-get'])) throw new SetupError(adviceElsewhere(missing), UNAVAILABLE);
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `installing needs root. Please run this and then call the command again:\n\n` +
        `  sudo apt-get install -y --no-install-recommends ${packages}\n`,
      UNAVAILABLE,
    );
  }
  say(`installing with apt-get, without starting any service: ${packages}`);
  await installFromDebian(missing);
  const still = missing.filter((program) => !findProgram(program.binaries));
  if (still.length > 0)
    throw new SetupError(`apt-get did not bring ${still.map((p) => p.binaries[0]).join(', ')}`, UNAVAILABLE);
}

function adviceElsewhere(missing) {
  const byHand = missing.filter((program) => !program.brew).map((program) => program.binaries.join(' or '));
  const brewed = missing.filter((program) => program.brew).map((program) => program.brew);
  const rest = byHand.length > 0 ? `\n  and put ${byHand.join(', ')} on PATH` : '';
  if (process.platform === 'darwin' && brewed.length > 0) {
    return `please run this and then call the command again:\n\n  brew install ${brewed.join(' ')}${rest}\n`;
  }
  return 'please install what is missing, so that it is on PATH, and then call the command again';
}
