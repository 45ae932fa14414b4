import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unwrapped } from './check-schema.js';
import type { Names } from './names.js';
import { readRunbook } from './read-runbook.js';
import { runbookSchema } from './runbook-schema.js';
import { readTopology } from './topology.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/writing-a-runbook.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);

interface Key {
  readonly key: string;
  readonly preset: unknown;
}

/** All keys of a schema that have no keys of their own. */
function keysOf(schema: z.core.$ZodType, path: string): Key[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const fields: [string, z.core.$ZodType][] = Object.entries(inner.shape);
    return fields.flatMap(([key, field]) => keysOf(field, path === '' ? key : `${path}.${key}`));
  }
  if (inner instanceof z.ZodArray && unwrapped(inner.element) instanceof z.ZodObject)
    return keysOf(inner.element, `${path}[]`);
  const preset =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined;
  return [{ key: path, preset }];
}

function firstColumn(heading: string): string[] {
  const table = page.slice(page.search(new RegExp(`^\\| ${heading} +\\|`, 'm'))).split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, key = '']) => key);
}

const parameters = z.record(z.string(), z.json());
const names: Names = {
  actions: new Map(
    ['cache/restart', 'cache/evict', 'cut-over-center/haproxy'].map((name) => [
      name,
      { params: parameters, reversible: true },
    ]),
  ),
  probes: new Map([['prometheus/query', { params: parameters }]]),
  notifiers: new Set(['chat/oncall']),
};

describe('docs/writing-a-runbook.md', () => {
  const keys = keysOf(runbookSchema, '');

  it('names every key of a runbook, and no other', () => {
    expect(firstColumn('key').sort()).toEqual(keys.map(({ key }) => key).sort());
  });

  it('gives every default', () => {
    const presets = keys.filter(({ preset }) => preset !== undefined);
    const written = presets.map(({ key }) =>
      page
        .split('\n')
        .find((line) => line.startsWith(`| \`${key}\``))
        ?.split('|')[2]
        ?.trim(),
    );
    const text = (preset: unknown): string => (typeof preset === 'string' ? preset : JSON.stringify(preset));
    expect(written).toEqual(presets.map(({ preset }) => `\`${text(preset)}\``));
  });

  it.each(examples.filter((text) => text.includes('kind: Runbook')))('shows runbooks that load (%#)', (text) => {
    const topology = examples.map((one) => readTopology({ file: 'docs', text: one })).find((read) => read.ok)?.topology;
    expect(topology?.servingRules).toHaveLength(2);
    expect(readRunbook('docs', text, { names, topology: topology! }).problems).toEqual([]);
  });

  it.each(examples.filter((text) => text.includes('kind: Topology')))('shows topologies that load (%#)', (text) => {
    expect(readTopology({ file: 'docs', text })).toMatchObject({ ok: true });
  });

  it('has examples of both', () => {
    expect(examples).toHaveLength(4);
  });

  it('has an example with every key', () => {
    const complete = examples.find((text) => text.includes('name: evict-stale-cache')) ?? '';
    const parts = new Set(keys.flatMap(({ key }) => key.replaceAll('[]', '').split('.')));
    expect([...parts].filter((part) => !new RegExp(`\\b${part}:`).test(complete))).toEqual([
      'chooseCenter',
      'insteadOf',
      'service',
      'serving',
      'out',
      'in',
    ]);
  });
});
