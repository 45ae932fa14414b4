// Brings what a command of this project needs and the machine lacks: node tools/setup/main.mjs start|rig|test|check|packages|build
import { ensureBuild, build } from './build.mjs';
import { ensurePrograms } from './ensure-programs.mjs';
import { leaveWith } from './leave.mjs';
import { ensureNode } from './node-runtime.mjs';
import { ensurePackages } from './packages.mjs';
import { programs } from './programs.mjs';
import { SetupError } from './say.mjs';
import { ensureUnleash } from './unleash.mjs';

const targets = {
  async start() {
    ensurePackages();
    ensureNode();
    if (!process.env.FIREBREAK_REDIS_URL) await ensurePrograms(['redis']);
    ensureBuild();
  },
  async rig() {
    ensurePackages();
    ensureNode();
    await ensurePrograms(Object.keys(programs));
    ensureBuild();
  },
  async test() {
    await targets.rig();
    ensureUnleash();
  },
  async check() {
    ensurePackages();
    ensureNode();
    await ensurePrograms(['redis']);
  },
  packages() {
    ensurePackages();
    ensureNode();
  },
  build() {
    ensurePackages();
    ensureNode();
    build();
  },
};

await leaveWith(async () => {
  const name = process.argv[2];
  if (!Object.hasOwn(targets, name ?? '')) {
    throw new SetupError(`say what for: node tools/setup/main.mjs ${Object.keys(targets).join('|')}`, 64);
  }
  await targets[name]();
});
