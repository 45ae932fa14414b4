import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrapped } from './check-schema.js';
import { formatProblem } from './problem.js';
import { readTopology } from './topology.js';
import { topologySchema } from './topology-schema.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/topology.md'), 'utf8');
const FREE = ['systems', 'traffic', 'data', 'baselines', 'groups'];

/** All keys of a schema that have no keys of their own; `*` stands for names that people choose. */
function keysOf(schema: z.core.$ZodType, path: string): string[] {
  const inner = unwrapped(schema);
  if (FREE.includes(path.split('.').at(-1) ?? '')) return [path];
  if (inner instanceof z.ZodRecord) return keysOf(inner.valueType, `${path}.*`);
  if (inner instanceof z.ZodArray && unwrapped(inner.element) instanceof z.ZodObject)
    return keysOf(inner.element, `${path}[]`);
  if (!(inner instanceof z.ZodObject)) return [path];
  const fields: [string, z.core.$ZodType][] = Object.entries(inner.shape);
  return fields.flatMap(([key, field]) => keysOf(field, path === '' ? key : `${path}.${key}`));
}

describe('docs/topology.md', () => {
  it('names every key of a topology, and no other', () => {
    const table = page.slice(page.search(/^\| key +\|/m)).split('\n\n')[0] ?? '';
    const named = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, key = '']) => key);
    expect(named.toSorted()).toEqual(keysOf(topologySchema, '').toSorted());
  });

  it('names every policy', () => {
    for (const policy of ['consistent', 'asynchronous', 'unit-split', 'batch'])
      expect(page).toContain(`| \`${policy}\``);
  });
});

describe('deploy/topology/three-regions.yaml', () => {
  const file = 'deploy/topology/three-regions.yaml';
  const read = readTopology({ file, text: readFileSync(join(root, file), 'utf8') });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  const { topology } = read;

  it('E1: has three regions, five centres and the links of the source documents', () => {
    expect(Object.keys(topology.regions)).toHaveLength(3);
    expect(Object.keys(topology.centers)).toHaveLength(5);
    expect(topology.pairs.map(({ latencyMs }) => latencyMs)).toEqual([3.2, 28.7, 5.8, 41.3]);
    expect(new Set(topology.pairs.map(({ policy }) => policy)).size).toBe(4);
    expect(topology.warnings).toEqual([]);
  });

  it('B5: has other baselines for the centres that are far away', () => {
    expect(topology.baselines).toEqual({
      a: { p99Ms: 100, errorRate: 0.005 },
      b: { p99Ms: 100, errorRate: 0.005 },
      c: { p99Ms: 112, errorRate: 0.005 },
      d: { p99Ms: 112, errorRate: 0.005 },
      e: { p99Ms: 250, errorRate: 0.01 },
    });
  });

  it('has an assertion of each kind', () => {
    expect(topology.servingRules).toMatchObject([{ minServing: 1 }, { minCapacity: 1600 }, { antiFlapMs: 600_000 }]);
  });
});
