import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A file that pages load. */
export interface AssetFile {
  readonly type: string;
  readonly content: Buffer;
  /** Changes with the content. */
  readonly version: string;
}

const own = (name: string): string => join(import.meta.dirname, 'assets', name);
const ofPackage = createRequire(import.meta.url);

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Every file that pages may load, by the name in its address; nothing else is served. */
export const ASSET_FILES: ReadonlyMap<string, AssetFile> = new Map([
  ['console.css', read(own('console.css'), CSS)],
  ['execution.css', read(own('execution.css'), CSS)],
  ['centers.css', read(own('centers.css'), CSS)],
  ['console.js', read(own('console.js'), SCRIPT)],
  ['htmx.js', read(ofPackage.resolve('htmx.org/dist/htmx.min.js'), SCRIPT)],
  ['icon.svg', read(own('icon.svg'), 'image/svg+xml')],
]);

/** The address of a file, which changes with its content, so that browsers may keep it for ever. */
export function assetUrl(name: string): string {
  const file = ASSET_FILES.get(name);
  if (file === undefined) throw new Error(`there is no asset ${name}`);
  return `/assets/${name}?v=${file.version}`;
}

function read(path: string, type: string): AssetFile {
  const content = readFileSync(path);
  return { type, content, version: createHash('sha256').update(content).digest('hex').slice(0, 12) };
}
