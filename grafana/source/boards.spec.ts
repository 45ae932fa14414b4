import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOARDS } from './boards.js';
import { buildBoard } from './kit/board.js';
import { SNIPPETS } from './snippets.js';

const written = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What each folder holds, by the names of its files. */
const FOLDERS = {
  dashboards: new Map(BOARDS.map((board) => [`${board.uid}.json`, written(buildBoard(board))])),
  snippets: new Map(Object.entries(SNIPPETS).map(([name, part]) => [name, written(part)])),
};

describe.each(Object.entries(FOLDERS))('grafana/%s', (name, generated) => {
  const folder = new URL(`../${name}/`, import.meta.url);
  const committed = (): string[] => readdirSync(folder).filter((file) => file.endsWith('.json'));

  // UPDATE_DOCS=1 npx vitest run --project unit grafana
  if (process.env['UPDATE_DOCS'] !== undefined) {
    mkdirSync(folder, { recursive: true });
    for (const file of committed()) if (!generated.has(file)) rmSync(new URL(file, folder));
    for (const [file, text] of generated) writeFileSync(new URL(file, folder), text);
  }

  it('every file is generated from source/, and every one of source/ is there', () => {
    expect(committed().toSorted()).toEqual([...generated.keys()].toSorted());
  });

  it.each([...generated])('%s is what the source says (UPDATE_DOCS=1 writes it anew)', (file, text) => {
    const url = new URL(file, folder);
    expect(existsSync(url) ? readFileSync(url, 'utf8') : 'is not there').toBe(text);
  });
});
