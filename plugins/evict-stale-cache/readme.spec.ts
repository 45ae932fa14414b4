import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkParameters } from '../../src/catalog/check-parameters.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import plugin from './index.js';

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']): unknown => parse(text));

const settings = z.object({ plugins: z.object({ 'evict-stale-cache': z.record(z.string(), z.unknown()) }) });
const together = Object.assign(
  {},
  ...blocks.map((block) => settings.safeParse(block).data?.plugins['evict-stale-cache'] ?? {}),
);
const log = { info: () => undefined, warn: () => undefined };
const { actions, probes } = plugin.instantiate(together, log).provided;

const step = z.object({ uses: z.string(), with: z.record(z.string(), z.json()) });
const probe = z.object({ probe: z.string(), with: z.record(z.string(), z.json()) });

/** Everything in a block that is shaped like a step or a probe, however deep. */
function shownIn(value: unknown): { readonly name: string; readonly params: Json }[] {
  if (typeof value !== 'object' || value === null) return [];
  const [asStep, asProbe] = [step.safeParse(value).data, probe.safeParse(value).data];
  const own = [
    ...(asStep === undefined ? [] : [{ name: asStep.uses, params: asStep.with }]),
    ...(asProbe === undefined ? [] : [{ name: asProbe.probe, params: asProbe.with }]),
  ];
  return [...own, ...Object.values(value).flatMap(shownIn)];
}

const shown = blocks.flatMap(shownIn).filter(({ name }) => name.startsWith('evict-stale-cache/'));

it('the README shows steps and probes', () => {
  expect(new Set(shown.map(({ name }) => name)).size).toBeGreaterThan(3);
});

it.each(shown)('the parameters of $name that the README shows are right: $params', ({ name, params }) => {
  const part = name.slice(name.indexOf('/') + 1);
  const schema = (actions?.[part] ?? probes?.[part])?.params;
  expect(schema).toBeDefined();
  expect(schema === undefined ? [] : checkParameters(schema, params, [])).toEqual([]);
});
