import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BOARDS } from './boards.js';
import { buildBoard } from './kit/board.js';

const FOLDER = new URL('../dashboards/', import.meta.url);
const generated = new Map(
  BOARDS.map((board) => [`${board.uid}.json`, `${JSON.stringify(buildBoard(board), null, 2)}\n`]),
);
const committed = (): string[] => readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

// UPDATE_DOCS=1 npx vitest run --project unit grafana
if (process.env['UPDATE_DOCS'] !== undefined) {
  for (const name of committed()) if (!generated.has(name)) rmSync(new URL(name, FOLDER));
  for (const [name, text] of generated) writeFileSync(new URL(name, FOLDER), text);
}

it('every board in dashboards/ is generated from source/, and every one of source/ is there', () => {
  expect(committed().toSorted()).toEqual([...generated.keys()].toSorted());
});

it.each([...generated])('%s is what the source says (UPDATE_DOCS=1 writes it anew)', (name, text) => {
  const file = new URL(name, FOLDER);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : 'is not there').toBe(text);
});
