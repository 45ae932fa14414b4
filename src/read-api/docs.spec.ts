import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { evolve } from '../core/evolve.js';
import { MemoryExecutionStore } from '../engine/memory-execution-store.js';
import { STORIES } from '../testing/course-stories.js';
import { T0 } from '../testing/courses.js';
import { anAlert } from '../testing/examples.js';
import { FakeClock } from '../testing/fake-clock.js';
import { METRICS, READABLE } from './metrics-read.js';
import { Parameters } from './parameters.js';
import { ReadApi } from './read-api.js';
import { BOUNDS } from './reader.js';
import { MOST_SAMPLES } from './evaluate.js';
import { ReadApiController } from './read-api.controller.js';

const page = readFileSync(new URL('../../docs/grafana-data-source.md', import.meta.url), 'utf8');
const examples = (/```promql\n([^]*?)```/.exec(page)?.[1] ?? '').trim().split('\n');
const answer = z.object({
  status: z.string(),
  error: z.string().default(''),
  data: z.looseObject({ result: z.array(z.unknown()) }).optional(),
});

describe('docs/grafana-data-source.md', () => {
  let now = T0;
  const store = new MemoryExecutionStore(() => now);
  const api = new ReadApi(store, new FakeClock(T0));
  const ask = async (query: string) => {
    const { status, body } = await api.query(
      new Parameters(`/?${new URLSearchParams({ query, time: String(now / 1_000) })}`, undefined),
    );
    return { ...answer.parse(JSON.parse(body)), status };
  };

  beforeAll(async () => {
    for (const { execution, happened } of Object.values(STORIES)) {
      await store.open(execution, []);
      for (const { at, event } of happened) {
        const before = await store.get(execution.id);
        const evolved = before && evolve(before.execution, event, at);
        if (before === undefined || evolved?.ok !== true) throw new Error(`${execution.id}: ${event.type}`);
        await store.append({ before, event, next: evolved.next, at });
      }
    }
    const alert = anAlert();
    await store.receive([{ receiptId: 'r', source: 's', alert, openings: [], refusals: [], unmatched: 'no runbook' }]);
    now = T0 + 3_600_000;
  });

  it.each(examples)('says what is understood: %s', async (example) => {
    const { status, data, error } = await ask(example);
    expect([status, error]).toEqual([200, '']);
    expect(data?.result.length).toBeGreaterThan(0);
  });

  it('says what is refused, and why', async () => {
    const rows = [...page.matchAll(/^\| `([^`]+)`\s+\| (a function|a range.*?|the .*?|"without")\s*\|$/gm)];
    expect(rows.length).toBe(8);
    for (const [, query = '', why = ''] of rows) {
      const { status, error } = await ask(query);
      expect([status, error]).toEqual([400, expect.stringContaining(`not understood here: ${why}`)]);
    }
  });

  it('has every series with its labels', () => {
    const rows = [...page.matchAll(/^\| `(firebreak_\w+)`\s*\|.*\|([^|]*)\|$/gm)];
    const said = rows.map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/`(\w+)`/g)].map(([, one]) => one),
    ]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(METRICS.map((name) => [name, READABLE[name].labels])));
  });

  it('has every address', () => {
    const named = [...page.matchAll(/^\| `(query[^|]*|series[^|]*|label[^|]*|metadata[^|]*|status[^|]*)\|/gm)].join(
      ' ',
    );
    const methods = Object.getOwnPropertyNames(ReadApiController.prototype).filter((name) => name !== 'constructor');
    const paths = methods.map((name): unknown => {
      const handler: unknown = Reflect.get(ReadApiController.prototype, name);
      return typeof handler === 'function' ? Reflect.getMetadata('path', handler) : undefined;
    });
    expect(paths).toHaveLength(10);
    for (const path of paths) expect(named).toContain(`\`${String(path).replace(':name', '<name>')}\``);
  });

  it('has the bounds', () => {
    const spaced = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ');
    const { executions, journals, decisions } = BOUNDS;
    expect(page).toContain(
      `${spaced(executions)} executions, ${spaced(journals)} journals and ${spaced(decisions)} decisions`,
    );
    expect(page).toContain(`looks at ${spaced(MOST_SAMPLES)} values`);
  });
});
