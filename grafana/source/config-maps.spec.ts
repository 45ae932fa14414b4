import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadAllYaml, V1ConfigMap, V1ObjectMeta } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { BOARDS } from './boards.js';
import { configMaps } from './config-maps.js';
import { buildBoard } from './kit/board.js';

const FOLDER = new URL('../../deploy/kubernetes/', import.meta.url);
const FILE = new URL('grafana-dashboards.yaml', FOLDER);
const generated = configMaps(BOARDS, (board) => `${JSON.stringify(buildBoard(board), null, 2)}\n`);
/** What `kubectl apply` keeps of an object in one of its annotations; the object itself may have 1 MiB. */
const MOST_BYTES = 262_144;

if (process.env['UPDATE_DOCS'] !== undefined) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, generated);
}

const known = (model: { getAttributeTypeMap(): { baseName: string }[] }): string[] =>
  model.getAttributeTypeMap().map(({ baseName }) => baseName);

describe('deploy/kubernetes/grafana-dashboards.yaml', () => {
  const maps: V1ConfigMap[] = loadAllYaml(generated);

  it('is what the source says (UPDATE_DOCS=1 writes it anew)', () => {
    expect(existsSync(FILE) ? readFileSync(FILE, 'utf8') : 'is not there').toBe(generated);
  });

  it('has each board of grafana/dashboards, to the letter', () => {
    const files = maps.flatMap(({ data = {} }) => Object.entries(data));
    expect(files.map(([name]) => name)).toEqual(BOARDS.map(({ uid }) => `${uid}.json`));
    for (const [name, text] of files)
      expect(text, name).toBe(readFileSync(new URL(`../dashboards/${name}`, import.meta.url), 'utf8'));
  });

  it.each(maps.map((map) => [map.metadata?.name ?? '', map] as const))(
    '%s is a ConfigMap that the sidecar takes',
    (name, map) => {
      const { metadata = {}, data = {} } = map;
      expect([map.apiVersion, map.kind, metadata.labels?.['grafana_dashboard']]).toEqual(['v1', 'ConfigMap', '1']);
      expect(metadata.annotations).toEqual({ grafana_folder: 'Firebreak' });
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(Object.keys(data).join()).toMatch(/^[-._a-zA-Z0-9]+$/);
      expect(known(V1ConfigMap)).toEqual(expect.arrayContaining(Object.keys(map)));
      expect(known(V1ObjectMeta)).toEqual(expect.arrayContaining(Object.keys(metadata)));
      expect(Buffer.byteLength(JSON.stringify(map))).toBeLessThan(MOST_BYTES);
    },
  );
});
