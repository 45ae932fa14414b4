import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DEFAULT_GOVERNOR } from '../core/governor.js';
import { Catalog, type Reloaded } from './catalog.js';
import type { Names } from './names.js';
import { formatProblem } from './problem.js';
import { otherWarnings } from './snapshot.js';
import { EMPTY_TOPOLOGY } from './topology.js';

const names: Names = {
  actions: new Map([['cache/clear', { params: z.object({}), reversible: true }]]),
  probes: new Map(),
  notifiers: new Set(),
  unconfigured: new Set(['chat']),
};

let folder: string;
let now = 1000;

const yaml = (name: string, more = ''): string => `apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: T, owner: o }
spec:
  match: ['alertname="${name}"']
  target: 'x/{{labels.a}}'
  steps: [{ name: clear, uses: cache/clear }]
${more}`;
const write = (name: string, more?: string): Promise<void> => writeFile(join(folder, `${name}.yaml`), yaml(name, more));
const remove = (name: string): Promise<void> => rm(join(folder, `${name}.yaml`));

async function open(): Promise<Catalog> {
  const opened = await Catalog.open({ folder, names, now: () => now });
  if (!opened.ok) throw new Error(opened.problems.map(formatProblem).join('\n'));
  return opened.catalog;
}
const inForce = (catalog: Catalog): string[] => [...catalog.current.runbooks.keys()];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firebreak-catalog-'));
  now = 1000;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the first load', () => {
  it('takes all runbooks of the folder', async () => {
    await write('b');
    await write('a');
    await writeFile(join(folder, 'README.md'), 'not a runbook');
    await writeFile(join(folder, '.hidden.yaml'), 'an editor’s');
    const { current } = await open();
    expect([...current.runbooks.keys()]).toEqual(['a', 'b']);
    expect(current.version).toMatch(/^[0-9a-f]{64}$/);
    expect(current.runbooks.get('a')?.version).toMatch(/^[0-9a-f]{12}$/);
    expect(current.warnings).toEqual([]);
  });

  it('does not begin with a mistake', async () => {
    await write('a', '  mode: mad\n');
    const opened = await Catalog.open({ folder, names, now: () => now });
    expect(opened.ok ? [] : opened.problems.map((problem) => problem.line)).toEqual([8]);
  });

  it('begins without runbooks, but with a warning', async () => {
    expect((await open()).current.warnings).toEqual([
      'no runbook is in force: no alert will be answered until there is one',
    ]);
  });

  it('does not begin without a folder', async () => {
    const opened = await Catalog.open({ folder: join(folder, 'none'), names, now: () => now });
    expect(opened.ok ? '' : opened.problems[0]?.message).toContain('FIREBREAK_RUNBOOKS');
  });

  it('lets a runbook rest whose plugin is there but not configured, and says so', async () => {
    await write('a', '  notify: [chat/oncall]\n');
    const { current } = await open();
    expect([current.runbooks.size, [...current.resting]]).toEqual([0, [['a', ['chat']]]]);
    expect(current.warnings[0]).toBe('runbook a rests: plugins.chat is not configured in firebreak.yaml');
  });
});

describe('the limits across all runbooks', () => {
  const TOPOLOGY = `apiVersion: firebreak/v1
kind: Topology
regions: { north: {} }
centers: { a: { region: north, vendor: v, role: serving, capacity: 10 } }
groups: { cluster: { eu: 12 } }
assertions: [{ name: one, minServing: 1 }]
`;

  it('are those of the core when nobody sets any, and know nothing without a topology', async () => {
    const { governor } = (await open()).current.surroundings;
    expect(governor).toEqual({ ...DEFAULT_GOVERNOR, groups: EMPTY_TOPOLOGY.groups });
  });

  it('are the settings, and the topology’s groups and assertions as they are now', async () => {
    const topology = join(folder, 'topology.yaml.txt');
    await writeFile(topology, TOPOLOGY);
    const settings = { conflicts: [], loop: { limit: 1, perMs: 1 } };
    const opened = await Catalog.open({ folder, topology, names, governor: settings, now: () => now });
    if (!opened.ok) throw new Error(opened.problems.map(formatProblem).join('\n'));
    const { catalog } = opened;
    expect(catalog.current.surroundings.governor).toEqual({
      ...settings,
      groups: { cluster: { eu: 12 }, region: { north: 1 }, vendor: { v: 1 }, role: { serving: 1 } },
      centers: ['a'],
      assertions: [{ name: 'one', minServing: 1, among: { a: 10 } }],
    });
    await writeFile(topology, TOPOLOGY.replace('eu: 12', 'eu: 13'));
    expect(await catalog.reload()).toMatchObject({ activated: true, changed: true });
    expect(catalog.current.surroundings.governor).toMatchObject({ ...settings, groups: { cluster: { eu: 13 } } });
  });
});

describe('a topology in which data may be lost', () => {
  it('is in force, and somebody is warned', async () => {
    await write('a');
    const topology = join(folder, 'topology.yaml.txt');
    const text = `apiVersion: firebreak/v1
kind: Topology
regions: { north: {} }
centers:
  a: { region: north, vendor: v, role: serving, capacity: 10 }
  b: { region: north, vendor: v, role: serving, capacity: 10 }
pairs: [{ between: [a, b], latencyMs: 30, policy: asynchronous }]
services: { shop: { centers: [a, b], data: { redis: {} } } }
`;
    await writeFile(topology, text);
    const opened = await Catalog.open({ folder, topology, names, now: () => now });
    expect(opened.ok && opened.warnings).toEqual([
      expect.stringMatching(/^service shop keeps data \(redis\) in a and b/),
    ]);
  });
});

describe('a topology that cannot be read', () => {
  it('is the only thing that anybody hears of, and not that something is missing in it', async () => {
    await write('a', '  guards: { blastRadius: { by: cluster, percent: 20, per: 1h } }\n');
    const topology = join(folder, 'topology.yaml.txt');
    await writeFile(topology, 'regions: [');
    const opened = await Catalog.open({ folder, topology, names, now: () => now });
    const files = opened.ok ? [] : opened.problems.map((problem) => problem.file);
    expect(new Set(files.map((file) => file.slice(-17)))).toEqual(new Set(['topology.yaml.txt']));
  });
});

describe('a runbook that names another', () => {
  it('may name one that rests, and somebody is warned', async () => {
    await write('a', '  escalate: b\n  guards: { storm: { propose: b } }\n');
    await write('b', '  notify: [chat/oncall]\n');
    const { current } = await open();
    expect(current.runbooks.get('a')?.escalate).toBe('b');
    expect(current.warnings).toEqual([
      'runbook b rests: plugins.chat is not configured in firebreak.yaml',
      'runbook a escalates to b, which rests',
      'runbook a proposes b in a storm, which rests',
    ]);
    expect(otherWarnings(current.warnings, current.resting)).toEqual(current.warnings.slice(1));
  });

  it('is refused while the other is not there, so that a reload keeps the old edition (I12)', async () => {
    await write('a', '  escalate: b\n');
    await Promise.all(['b', 'c', 'd', 'e'].map((name) => write(name)));
    const catalog = await open();
    await remove('b');
    const reloaded = await catalog.reload();
    expect(reloaded).toMatchObject({ activated: false, because: 'broken' });
    expect(catalog.status().problems.map(({ line, message }) => [line, message])).toEqual([
      [8, 'spec.escalate: unknown runbook "b"; known: a, c, d, e'],
    ]);
  });
});

describe('a reload', () => {
  beforeEach(() => Promise.all(['a', 'b', 'c', 'd'].map((name) => write(name))));

  it('swaps the snapshot as a whole and leaves the old one as it was', async () => {
    const catalog = await open();
    const before = catalog.current;
    await write('e');
    now = 2000;
    expect(await catalog.reload()).toMatchObject({ activated: true, changed: true });
    expect(inForce(catalog)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([...before.runbooks.keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(catalog.status()).toMatchObject({ loadedAt: 2000, lastAttemptAt: 2000, problems: [] });
  });

  it('of the same files changes nothing', async () => {
    const catalog = await open();
    const before = catalog.current;
    expect(await catalog.reload()).toMatchObject({ activated: true, changed: false });
    expect(catalog.current).toBe(before);
  });

  it('of a broken edition keeps the old one and tells every mistake (I12)', async () => {
    const catalog = await open();
    const { version } = catalog.current;
    await write('a', '  mode: mad\n');
    await writeFile(join(folder, 'b.yaml'), 'spec: {');
    await writeFile(join(folder, 'c.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    await mkdir(join(folder, 'e.yaml'));
    now = 2000;
    const reloaded = await catalog.reload();
    expect(reloaded).toMatchObject({ activated: false, because: 'broken' });
    const status = catalog.status();
    expect(status).toMatchObject({ version, loadedAt: 1000, lastAttemptAt: 2000 });
    expect(new Set(status.problems.map((problem) => problem.file.slice(-6)))).toEqual(
      new Set(['a.yaml', 'b.yaml', 'c.yaml', 'e.yaml']),
    );
    expect(inForce(catalog)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('B1: says since when nothing newer could be taken, not since when the old edition is in force', async () => {
    const catalog = await open();
    now = 900_000;
    await writeFile(join(folder, 'a.yaml'), 'spec: {');
    await catalog.reload();
    expect(catalog.status()).toMatchObject({ loadedAt: 1000, refusedSince: 900_000 });
    now = 950_000;
    await writeFile(join(folder, 'a.yaml'), 'spec: [');
    await catalog.reload();
    expect(catalog.status()).toMatchObject({ lastAttemptAt: 950_000, refusedSince: 900_000 });
    await write('a');
    await catalog.reload();
    expect(catalog.status()).not.toHaveProperty('refusedSince');
  });

  it('of an empty folder, or of none, keeps the old one (I12)', async () => {
    const catalog = await open();
    await Promise.all(['a', 'b', 'c', 'd'].map(remove));
    expect(await catalog.reload()).toMatchObject({ activated: false, because: 'empty' });
    await rm(folder, { recursive: true });
    expect(await catalog.reload()).toMatchObject({ activated: false, because: 'broken' });
    expect(inForce(catalog)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that loses more than 30 % of the runbooks is taken for an accident, unless somebody says it is none (I12)', async () => {
    const catalog = await open();
    await remove('a');
    expect(await catalog.reload()).toMatchObject({ activated: true });
    await remove('b');
    await write('e');
    const refused = await catalog.reload();
    expect(refused).toMatchObject({ activated: false, because: 'shrunk' });
    expect(catalog.fallback()).toMatchObject({ trigger_reason: 'shrunk', fallback_strategy: 'last-known-good' });
    expect(inForce(catalog)).toEqual(['b', 'c', 'd']);
    expect(await catalog.reload({ acceptLoss: true })).toMatchObject({ activated: true });
    expect(inForce(catalog)).toEqual(['c', 'd', 'e']);
  });

  it('survives a plugin whose schema throws', async () => {
    const params = z.object({}).refine(() => {
      throw new Error('bug in the plugin');
    });
    const bad: Names = { ...names, actions: new Map([['cache/clear', { params, reversible: true }]]) };
    const opened = await Catalog.open({ folder, names: bad, now: () => now });
    expect(opened.ok ? '' : opened.problems[0]?.message).toBe('cannot be checked: bug in the plugin');
  });
});

describe('watching', () => {
  it('hears of a file that is replaced, once for each edition', async () => {
    await write('a');
    const catalog = await open();
    const heard: Reloaded[] = [];
    catalog.watch((reloaded) => heard.push(reloaded));
    try {
      await writeFile(join(folder, '.a.yaml.swp'), yaml('a', '  mode: auto\n'));
      await rename(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
      await vi.waitFor(() => expect(heard).toHaveLength(1), 5000);
      expect(catalog.current.runbooks.get('a')?.mode).toBe('auto');
      await write('a', '  mode: mad\n');
      await vi.waitFor(() => expect(heard).toHaveLength(2), 5000);
      expect(heard[1]).toMatchObject({ activated: false, because: 'broken' });
      expect(catalog.current.runbooks.get('a')?.mode).toBe('auto');
      await writeFile(join(folder, 'notes.txt'), 'nothing of ours');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(heard).toHaveLength(2);
    } finally {
      catalog.close();
    }
  });
});
