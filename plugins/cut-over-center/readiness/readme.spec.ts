import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkParameters } from '../../../src/catalog/check-parameters.js';
import plugin from '../index.js';

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']): unknown => parse(text));

it('the settings of probes that the README shows are right', () => {
  const settings = z.object({ plugins: z.object({ 'cut-over-center': z.record(z.string(), z.unknown()) }) });
  const shown = blocks.flatMap((block) => {
    const { data } = settings.safeParse(block);
    return data === undefined ? [] : [data.plugins['cut-over-center']];
  });
  const ours = shown.filter((one) => 'health' in one || 'readiness' in one);
  expect(ours).toHaveLength(2);
  for (const one of ours) expect(plugin.config.safeParse(one).error).toBeUndefined();
});

it('the parameters of readiness that the README shows are right', () => {
  const guards = z.object({
    guards: z.object({ require: z.array(z.object({ probe: z.string(), with: z.record(z.string(), z.json()) })) }),
  });
  const [shown] = blocks.flatMap((block) => guards.safeParse(block).data?.guards.require ?? []);
  const log = { info: () => undefined, warn: () => undefined };
  const { provided } = plugin.instantiate({ readiness: { prometheus: 'http://p' } }, log);
  expect(shown?.probe).toBe('cut-over-center/readiness');
  expect(checkParameters(provided.probes!['readiness']!.params, shown?.with ?? null, [])).toEqual([]);
});
