import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The version of Firebreak, from package.json. */
export const VERSION: string = manifest.parse(JSON.parse(readFileSync(findManifest(), 'utf8'))).version;

/** The compiled file lies one folder deeper than the source. */
function findManifest(): URL {
  const here = import.meta.url;
  return new URL(here.includes('/dist/src/') ? '../../package.json' : '../package.json', here);
}
