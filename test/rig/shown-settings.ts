import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectRoot } from './project.js';

const settings = z.object({ plugins: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Gives the settings of a plugin that its README shows, one for each example, in their order. */
export function shownSettings(id: string): Record<string, unknown>[] {
  const page = readFileSync(join(projectRoot, 'plugins', id, 'README.md'), 'utf8');
  const texts = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  const blocks = texts.flatMap((text) => parseAllDocuments(text.replaceAll(/\$\{(\w+)\}/g, fromEnvironment)));
  return blocks.flatMap((block) => {
    const { data } = settings.safeParse(block.toJS());
    const ours = data?.plugins[id];
    return ours === undefined ? [] : [ours];
  });
}

/** Gives all of them together; what a later example says of the same section stands. */
export function allShownSettings(id: string): Record<string, unknown> {
  return Object.fromEntries(shownSettings(id).flatMap((one) => Object.entries(one)));
}

/** Something that a variable of the environment may hold. */
function fromEnvironment(_reference: string, name: string): string {
  return name.includes('URL') ? 'https://example.org/hook' : 'c2VjcmV0c2VjcmV0';
}
