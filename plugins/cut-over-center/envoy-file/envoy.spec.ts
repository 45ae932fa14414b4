import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json, Plan } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { EDS_YAML, RDS_JSON } from '../../../test/rig/envoy-files.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';
import { parse } from './text.js';

const log = { info: () => {}, warn: () => {} };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-envoy-'));
  file = join(folder, 'eds.yaml');
  writeFileSync(file, EDS_YAML);
});
afterEach(() => rmSync(folder, { recursive: true }));

const actionOn = (section: { [name: string]: Json } = {}): Action =>
  plugin.instantiate({ envoyFile: { files: { orders: file, routes: join(folder, 'rds.json') }, ...section } }, log)
    .provided.actions!['envoy-file']!;
const to = (a: number, b: number) => ({ file: 'orders', resource: 'orders', weights: { 'north/a': a, 'north/b': b } });
const now = () => readFileSync(file, 'utf8');
const change = (from: string, into: string) => {
  expect(now()).toContain(from);
  writeFileSync(file, now().replace(from, into));
};

/** Plans and applies, as the engine does. */
async function make(params: Json, action = actionOn()): Promise<Plan<Json>> {
  const plan = await action.plan(plainCall(), params);
  expect(await action.apply(plainCall(), params, plan.before)).toEqual({ done: true });
  return plan;
}

describe('the new file', () => {
  it('differs in the weights and the version, and in nothing else', async () => {
    await make(to(90, 10));
    expect(now()).toBe(
      EDS_YAML.replace('"41"', '"42"')
        .replace('load_balancing_weight: 100', 'load_balancing_weight: 90')
        .replace('0x1F90 } } }\n', '0x1F90 } } }\n        load_balancing_weight: 10\n'),
    );
  });

  it('has no weight for a locality that is to get nothing, as Envoy refuses 0, and has it again afterwards', async () => {
    const plan = await make(to(0, 100));
    expect(now()).not.toContain('load_balancing_weight: 0');
    expect(plan.changes).toEqual([
      { resource: 'envoy-file/orders/orders', attribute: 'weight of north/a', from: 100, to: 0 },
      { resource: 'envoy-file/orders/orders', attribute: 'weight of north/b', from: 0, to: 100 },
    ]);
    await actionOn().revert(plainCall(), to(0, 100), plan.before);
    const [was, is] = [parse(EDS_YAML, 'yaml').tree, parse(now(), 'yaml').tree];
    expect(is).toEqual({ ...Object(was), version_info: '43' });
  });

  it('keeps the indentation and the zeros of JSON', async () => {
    const json = join(folder, 'rds.json');
    writeFileSync(json, RDS_JSON);
    await make({ file: 'routes', resource: 'public', weights: { 'orders-a': 0, 'orders-b': 100 } });
    expect(readFileSync(json, 'utf8')).toBe(
      RDS_JSON.replace('"v9"', '"v10"')
        .replace('"weight": 100', '"weight": ?')
        .replace('"weight": 0', '"weight": 100')
        .replace('"weight": ?', '"weight": 0'),
    );
  });

  it('has the permissions of the old one, and nothing is left beside it', async () => {
    chmodSync(file, 0o640);
    writeFileSync(join(folder, '.firebreak-left-by-nobody'), '');
    const mark = createHash('sha256').update('k').digest('hex').slice(0, 16);
    writeFileSync(join(folder, `.firebreak-${mark}-eds.yaml`), 'left by a process that was killed');
    await make(to(90, 10));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['.firebreak-left-by-nobody', 'eds.yaml']);
  });

  it('is there as a whole for whoever reads it at the same time', async () => {
    let reads = 0;
    let done = false;
    const versions = new Set<string>();
    const reader = (async () => {
      while (!done) {
        versions.add(parse(await readFile(file, 'utf8'), 'yaml').response.version_info);
        reads += 1;
      }
    })();
    for (let round = 1; round <= 40; round += 1) await make(to(100 - round, round));
    done = true;
    await reader;
    expect(versions.size).toBeGreaterThan(5);
    expect(reads).toBeGreaterThan(40);
  });
});

describe('stages', () => {
  it('are planned together, made one after the other, and taken back one after the other', async () => {
    const [action, stages] = [actionOn(), [to(90, 10), to(50, 50), to(0, 100)]];
    const plans: Plan<Json>[] = [];
    for (const params of stages) {
      const earlier = plans.flatMap((plan) => plan.changes);
      expect(await action.check(plainCall({ earlier }), params)).toEqual({ needed: true });
      plans.push(await action.plan(plainCall({ earlier }), params));
    }
    expect(plans.map((plan) => plan.summary)).toEqual([
      'orders: north/a 100 -> 90, north/b 0 -> 10',
      'orders: north/a 90 -> 50, north/b 10 -> 50',
      'orders: north/a 50 -> 0, north/b 50 -> 100',
    ]);
    for (const [at, plan] of plans.entries()) {
      await action.apply(plainCall(), stages[at]!, plan.before);
      expect(await action.verify(plainCall(), stages[at]!, plan.before)).toEqual({ took: true });
    }
    for (const [at, plan] of [...plans.entries()].toReversed())
      await action.revert(plainCall(), stages[at]!, plan.before);
    expect(Object(parse(now(), 'yaml').tree).resources).toEqual(Object(parse(EDS_YAML, 'yaml').tree).resources);
  });
});

describe('I9: at least one serves', () => {
  it.each([
    ['nobody has a weight', to(0, 0), 'no-server-left'],
    [
      'the other centre is only one of a lower priority',
      { ...to(0, 0), weights: { 'north/a': 0, 'east/c': 9 } },
      'no-server-left',
    ],
    ['nobody could answer there', { ...to(0, 0), weights: { 'east/c': 5 } }, 'no-server-left'],
    ['there is no such centre', { ...to(0, 0), weights: { nowhere: 5 } }, 'unknown-name'],
    ['there is no such resource', { ...to(0, 9), resource: 'other' }, 'unknown-name'],
  ])('so a plan is refused when %s', async (_, params, code) => {
    await expect(actionOn().plan(plainCall(), params)).rejects.toMatchObject({ code, again: false });
  });

  it('so taking back is refused when the old centre has no endpoints any more', async () => {
    const plan = await make(to(0, 100));
    change(
      'lb_endpoints:\n          - endpoint: { address: { socket_address: { address: 10.0.0.1, port_value: 8080 } } }',
      'lb_endpoints: []',
    );
    await expect(actionOn().revert(plainCall(), to(0, 100), plan.before)).rejects.toMatchObject({
      code: 'no-server-left',
    });
  });

  it('and weights of clusters add up to what the file says', async () => {
    writeFileSync(join(folder, 'rds.json'), RDS_JSON);
    const params = { file: 'routes', resource: 'public', weights: { 'orders-a': 50, 'orders-b': 40 } };
    await expect(actionOn().plan(plainCall(), params)).rejects.toMatchObject({ code: 'bad-weight' });
  });
});

describe('what others do', () => {
  it.each([
    ['a weight that is to change', 'load_balancing_weight: 100', 'load_balancing_weight: 77'],
    ['a weight that is not', 'load_balancing_weight: 1\n', 'load_balancing_weight: 3\n'],
    ['an address', '10.0.1.1', '10.0.1.2'],
    ['the name of the resource', 'cluster_name: orders', 'cluster_name: order'],
  ])('is not overruled when they changed %s since it was planned', async (_, from, into) => {
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    change(from, into);
    const then = now();
    await expect(actionOn().apply(plainCall(), to(90, 10), before)).rejects.toMatchObject({ again: false });
    expect(now()).toBe(then);
  });

  it('is not overruled when they write in the last moment', async () => {
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    const fence = async () => change('10.0.1.1', '10.0.1.9');
    await expect(actionOn().apply(plainCall({ fence }), to(90, 10), before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(now()).toContain('10.0.1.9');
    expect(readdirSync(folder)).toEqual(['eds.yaml']);
  });

  it('stays when it is taken back: an endpoint that came since', async () => {
    const { before } = await make(to(90, 10));
    change('10.0.1.1', '10.0.1.9');
    await actionOn().revert(plainCall(), to(90, 10), before);
    expect(now()).toContain('10.0.1.9');
    expect(now()).toContain('load_balancing_weight: 100');
  });

  it('may be a new version and other comments', async () => {
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    change('"41"', '"58"');
    change('# the old centre', '# the older centre');
    await actionOn().apply(plainCall(), to(90, 10), before);
    expect(now()).toContain('version_info: "59"');
  });
});
