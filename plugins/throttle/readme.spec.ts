import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkParameters } from '../../src/catalog/check-parameters.js';
import plugin from './index.js';

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']): unknown => parse(text));
const settings = z.object({ plugins: z.object({ throttle: z.record(z.string(), z.unknown()) }) });
const step = z.object({ uses: z.templateLiteral(['throttle/', z.string()]), with: z.record(z.string(), z.json()) });

it('the settings and steps that the README shows are right', () => {
  const shown = blocks.flatMap((block) => settings.safeParse(block).data?.plugins.throttle ?? []);
  const all: object = Object.assign({}, ...shown);
  expect(plugin.config.safeParse(all).error).toBeUndefined();
  const log = { info: () => undefined, warn: () => undefined };
  const { provided } = plugin.instantiate(all, log);
  const steps = blocks.flatMap((block) => step.safeParse(block).data ?? []);
  expect(steps.map(({ uses }) => uses)).toEqual(expect.arrayContaining(['throttle/haproxy', 'throttle/nginx']));
  for (const { uses, with: params } of steps) {
    const action = provided.actions?.[uses.split('/')[1] ?? ''];
    expect(checkParameters(action?.params ?? z.never(), params, []), uses).toEqual([]);
  }
});
