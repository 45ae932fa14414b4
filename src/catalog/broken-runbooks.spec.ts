import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { loadRunbooks } from './load-runbooks.js';
import type { Names } from './names.js';
import { formatProblem } from './problem.js';
import { EMPTY_TOPOLOGY } from './topology.js';

const folder = join(import.meta.dirname, '../../test/fixtures/runbooks-broken');

const names: Names = {
  actions: new Map([
    [
      'cache/clear',
      {
        reversible: true,
        params: z.object({ url: z.string(), match: z.string().optional(), limit: z.int().optional() }),
      },
    ],
    ['cache/drop', { reversible: false, params: z.object({}) }],
    ['cut-over-center/haproxy', { reversible: true, params: z.object({}) }],
  ]),
  probes: new Map([['prometheus/query', { params: z.object({ query: z.string(), healthy: z.string() }) }]]),
  notifiers: new Set(['chat/oncall']),
};

it('tells all mistakes of all files at once, each with its file, line and column, and what would be right', async () => {
  const { runbooks, problems } = await loadRunbooks(folder, { names, topology: EMPTY_TOPOLOGY });
  const expected = readFileSync(join(folder, 'expected-problems.txt'), 'utf8').trimEnd().split('\n');
  expect(problems.map((problem) => formatProblem(problem).replace('test/fixtures/runbooks-broken/', ''))).toEqual(
    expected,
  );
  // Only these are right in themselves; their names, their human parts or the runbooks that they name are the mistake.
  expect(runbooks.map((runbook) => runbook.name)).toEqual([
    'circle-1',
    'circle-3',
    'escalates-nowhere',
    'escalates-to-itself',
    'escalates-to-unreadable',
    'same-name',
    'same-name',
    'wrong-guide',
  ]);
});
