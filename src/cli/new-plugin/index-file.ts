/** `index.ts` of a new plugin: one action that keeps a note in a file, complete and small enough to be changed at once. */
export const INDEX_FILE = `import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definePlugin, PluginError } from 'firebreak/plugin-sdk';
import { z } from 'zod';

// Parameters come from templates, so from labels, so from anybody: let them be no more than they must.
const params = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
  text: z.string().min(1).max(200),
});

const pathOf = (folder: string, name: string): string => join(folder, name + '.txt');

/** What a note says; nothing when it is not there. */
async function read(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(pathOf(folder, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new PluginError('target-unreachable', \`the note \${name} can't be read: look at the folder in the settings\`);
  }
}

/** Readers see the old note or the new one, never half of it; an empty note stands for one that was not there. */
async function write(folder: string, name: string, text: string): Promise<void> {
  await writeFile(pathOf(folder, name) + '.new', text);
  await rename(pathOf(folder, name) + '.new', pathOf(folder, name));
}

export default definePlugin({
  id: '__ID__',
  sdk: 1,
  version: '0.1.0',
  config: z.strictObject({ folder: z.string().startsWith('/') }),
  connect: async (config) => config.folder,
  close: () => {},
  provide: ({ action }) => ({
    actions: {
      note: action({
        summary: 'Write a note',
        params,
        before: z.strictObject({ text: z.string() }),
        risk: 'low',
        idempotency: 'conditional',

        async check({ client, params: { name, text } }) {
          const there = (await read(client, name)) === text;
          return there ? { needed: false, because: 'the note says so already' } : { needed: true };
        },
        async plan({ client, params: { name, text } }) {
          const was = (await read(client, name)) ?? '';
          const changes = [{ resource: 'note/' + name, attribute: 'text', from: was, to: text }];
          return { summary: 'note ' + name, changes, before: { text: was } };
        },
        apply: (call, before) => change(call, before.text, call.params.text),
        async verify({ client, params: { name, text } }) {
          const took = (await read(client, name)) === text;
          return took ? { took } : { took, detail: \`the note \${name} says something else\` };
        },
        revert: (call, before) => change(call, call.params.text, before.text),
      }),
    },
  }),
});

interface Change {
  readonly client: string;
  readonly params: z.infer<typeof params>;
  readonly signal: AbortSignal;
  fence(): Promise<void>;
}

/** From one text to another: what is so already is left alone, and what somebody else wrote is not overruled. */
async function change({ client, params: { name }, signal, fence }: Change, from: string, to: string) {
  const now = (await read(client, name)) ?? '';
  if (now === to) return { done: true as const };
  if (now !== from) throw new PluginError('changed-meanwhile', \`somebody else changed the note \${name}\`, false);
  await fence(); // right before each write: it throws when somebody else has taken over
  signal.throwIfAborted();
  await write(client, name, to);
  return { done: true as const };
}
`;
