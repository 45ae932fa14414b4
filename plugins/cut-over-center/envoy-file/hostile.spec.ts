import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json, Plan } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { EDS_YAML } from '../../../test/rig/envoy-files.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';

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
  plugin.instantiate({ envoyFile: { files: { orders: file }, ...section } }, log).provided.actions!['envoy-file']!;
const to = (a: number, b: number) => ({ file: 'orders', resource: 'orders', weights: { 'north/a': a, 'north/b': b } });
const now = () => readFileSync(file, 'utf8');

/** Plans and applies, as the engine does. */
async function make(params: Json, action = actionOn()): Promise<Plan<Json>> {
  const plan = await action.plan(plainCall(), params);
  expect(await action.apply(plainCall(), params, plan.before)).toEqual({ done: true });
  return plan;
}

describe('the operator’s check', () => {
  const script = (text: string): string[] => {
    const path = join(folder, 'check.sh');
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o700 });
    return [path, '--mode', 'validate'];
  };

  it('is given the whole new file, under a name that ends like the old one', async () => {
    const check = script(
      `case "$3" in *-eds.yaml) ;; *) exit 3;; esac; [ "$1 $2 $#" = "--mode validate 3" ] && grep -q "weight: 90" "$3"`,
    );
    await make(to(90, 10), actionOn({ check }));
  });

  it('has nothing of the environment, which has secrets in it', async () => {
    const check = script(`[ -z "$HOME" ]`);
    await make(to(90, 10), actionOn({ check }));
  });

  it('stops what it refuses, and says why', async () => {
    const check = script(`echo "no such field" >&2; exit 1`);
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    await expect(actionOn({ check }).apply(plainCall(), to(90, 10), before)).rejects.toMatchObject({
      code: 'refused-by-check',
      again: false,
      message: `${folder}/check.sh ended with 1: no such field`,
    });
    expect(now()).toBe(EDS_YAML);
    expect(readdirSync(folder).sort()).toEqual(['check.sh', 'eds.yaml']);
  });

  it('is not waited for longer than allowed', async () => {
    const check = script(`sleep 30`);
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    await expect(actionOn({ check, timeout: '100ms' }).apply(plainCall(), to(90, 10), before)).rejects.toMatchObject({
      code: 'timed-out',
    });
    expect(now()).toBe(EDS_YAML);
  });

  it('that is not there stops everything', async () => {
    const { before } = await actionOn().plan(plainCall(), to(90, 10));
    const action = actionOn({ check: ['/nowhere/envoy'] });
    await expect(action.apply(plainCall(), to(90, 10), before)).rejects.toMatchObject({ code: 'not-runnable' });
  });
});

describe('a file that is not what it should be', () => {
  it('is not followed when it is a symlink', async () => {
    renameSync(file, join(folder, 'elsewhere.yaml'));
    symlinkSync(join(folder, 'elsewhere.yaml'), file);
    await expect(actionOn().check(plainCall(), to(90, 10))).rejects.toMatchObject({ code: 'not-a-file', again: false });
  });

  it('is not waited for when it is a pipe', async () => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
    await expect(actionOn().check(plainCall(), to(90, 10))).rejects.toMatchObject({ code: 'not-a-file' });
  });

  it('may be there later when it is not there', async () => {
    rmSync(file);
    await expect(actionOn().check(plainCall(), to(90, 10))).rejects.toMatchObject({
      code: 'target-unreachable',
      again: true,
    });
  });

  it.each<[string, string | Buffer]>([
    ['cut off', EDS_YAML.slice(0, EDS_YAML.length - 60)],
    ['empty', ''],
    ['huge', EDS_YAML + `#${'x'.repeat(128 * 1024)}`],
    ['no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['two documents', `${EDS_YAML}---\n${EDS_YAML}`],
    ['one with aliases', EDS_YAML.replace('weight: 100', 'weight: &w 100').replace('weight: 1\n', 'weight: *w\n')],
    ['an alias bomb', `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n${EDS_YAML}`],
    ['nested without end', '['.repeat(100_000)],
    ['without a version', EDS_YAML.replace('version_info: "41"', '')],
    ['with a version that is no text', EDS_YAML.replace('"41"', '41')],
    ['with a key twice', EDS_YAML.replace('version_info', 'version_info: "1"\nversion_info')],
    ['with names in the other spelling', EDS_YAML.replace('lb_endpoints', 'lbEndpoints')],
    ['of another kind', EDS_YAML.replace('ClusterLoadAssignment', 'Cluster')],
    ['with a negative weight', EDS_YAML.replace('weight: 100', 'weight: -1')],
  ])('is refused when it is %s', async (_, content) => {
    writeFileSync(file, content);
    await expect(actionOn().check(plainCall(), to(90, 10))).rejects.toMatchObject({
      code: 'not-understood',
      again: false,
    });
  });

  it.each([
    [{ files: {} }],
    [{ files: { orders: 'eds.yaml' } }],
    [{ files: { orders: '/etc/envoy/eds.txt' } }],
    [{ files: { orders: '/etc/eds.yaml' }, check: 'envoy --mode validate' }],
    [{ files: { orders: '/etc/eds.yaml' }, check: [] }],
    [{ files: { orders: '/etc/eds.yaml' }, admin: 'file:///etc' }],
    [{ files: { orders: '/etc/eds.yaml' }, timeout: '0s' }],
  ])('is refused in a configuration such as %j', (envoyFile) => {
    expect(() => plugin.instantiate({ envoyFile }, log)).toThrow();
  });
});
