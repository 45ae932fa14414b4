import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../src/config.js';
import { openCatalog } from '../../src/start/open-catalog.js';
import { projectRoot } from './project.js';
import { allShownSettings } from './shown-settings.js';

/** The folder of the shipped runbooks. */
export const runbooksFolder = join(projectRoot, 'runbooks');

/** Opens the shipped runbooks as they are when every plugin is configured as its README shows. */
export async function openWholeCatalog() {
  const loaded = loadConfig(
    { FIREBREAK_RUNBOOKS: runbooksFolder, FIREBREAK_TOPOLOGY: join(projectRoot, 'topology.yaml') },
    '/',
  );
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const ids = readdirSync(join(projectRoot, 'plugins')).filter((id) =>
    existsSync(join(projectRoot, 'plugins', id, 'README.md')),
  );
  const plugins = Object.fromEntries(ids.map((id) => [id, z.record(z.string(), z.json()).parse(allShownSettings(id))]));
  const opened = await openCatalog({ ...loaded.config, plugins });
  if (!opened.ok) throw new Error(opened.problems.join('\n'));
  return opened;
}
