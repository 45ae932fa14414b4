import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkParameters } from '../../src/catalog/check-parameters.js';
import type { Json } from '../../src/plugin-sdk/index.js';
import plugin from './index.js';

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']): unknown => parse(text));
const settings = z.object({ plugins: z.object({ 'degrade-feature': z.record(z.string(), z.json()) }) });
const shown = blocks.flatMap((block) => {
  const { data } = settings.safeParse(block);
  return data === undefined ? [] : [data.plugins['degrade-feature']];
});

it('the settings that the README shows are right, alone and together', () => {
  expect(shown.length).toBeGreaterThanOrEqual(2);
  for (const one of [...shown, Object.assign({}, ...shown)]) expect(plugin.config.safeParse(one).error).toBeUndefined();
});

const withs = z.object({ with: z.record(z.string(), z.json()) });
const steps = z.object({ steps: z.array(withs.extend({ uses: z.string() })) });
const log = { info: () => undefined, warn: () => undefined };
const { actions = {} } = plugin.instantiate(Object.assign({}, ...shown), log).provided;

it('the steps that the README shows are right', () => {
  const found = blocks.flatMap((block) => steps.safeParse(block).data?.steps ?? []);
  expect(found.length).toBeGreaterThan(0);
  for (const step of found) {
    const action = actions[step.uses.replace('degrade-feature/', '')];
    expect(checkParameters(action!.params, step.with, [])).toEqual([]);
  }
});

it('the parameters that the README shows are right for one of its actions', () => {
  const found: Json[] = blocks.flatMap((block) => {
    const { data } = steps.safeParse(block).success ? {} : withs.safeParse(block);
    return data === undefined ? [] : [data.with];
  });
  expect(found.length).toBeGreaterThan(0);
  for (const one of found)
    expect(Object.values(actions).some((action) => checkParameters(action.params, one, []).length === 0)).toBe(true);
});
