import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlagdCore } from '@openfeature/flagd-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json, Plan } from '../../../src/plugin-sdk/index.js';
import type { Action } from '../../../src/plugin-sdk/plugin.js';
import { FLAGS_JSON, FLAGS_YAML } from '../../../test/rig/flag-files.js';
import { plainCall } from '../../../test/rig/plain-call.js';
import plugin from '../index.js';
import { explained } from './file-errors.js';

const log = { info: () => {}, warn: () => {} };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-flags-'));
  writeFileSync(inside('flags.yaml'), FLAGS_YAML);
  writeFileSync(inside('flags.json'), FLAGS_JSON);
});
afterEach(() => rmSync(folder, { recursive: true }));

const inside = (name: string) => join(folder, name);
const actionOn = (files: { [name: string]: Json } = {}): Action => {
  const both = { yaml: { path: inside('flags.yaml') }, json: { path: inside('flags.json') } };
  return plugin.instantiate({ file: { files: { ...both, ...files } } }, log).provided.actions!['file']!;
};
const yaml = (differs: object = {}) => ({ file: 'yaml', feature: 'recommendations', ...differs });
const json = (differs: object = {}) => ({ file: 'json', feature: 'recommendations', ...differs });
const now = (name = 'flags.yaml') => readFileSync(inside(name), 'utf8');
const change = (from: string, into: string, name = 'flags.yaml') => {
  expect(now(name)).toContain(from);
  writeFileSync(inside(name), now(name).replace(from, into));
};

/** Plans and applies, as the engine does. */
async function make(params: Json, action = actionOn(), key = 'k'): Promise<Plan<Json>> {
  const plan = await action.plan(plainCall(), params);
  expect(await action.apply(plainCall({ key }), params, plan.before)).toEqual({ done: true });
  return plan;
}

describe('the new file', () => {
  it.each<[string, Json, string, string, string]>([
    ['a state in YAML', yaml(), 'flags.yaml', 'state: ENABLED', 'state: DISABLED'],
    ['one in quotes', yaml({ feature: 'banner' }), 'flags.yaml', "state: 'ENABLED'", "state: 'DISABLED'"],
    ['one in braces', yaml({ feature: 'footer', enabled: true }), 'flags.yaml', 'DISABLED,', 'ENABLED,'],
    ['a word of YAML 1.1', yaml({ variant: 'off' }), 'flags.yaml', 'defaultVariant: on ', 'defaultVariant: "off" '],
    ['a variant', yaml({ feature: 'banner', variant: 'none' }), 'flags.yaml', '"spring"', '"none"'],
    ['a state in JSON', json(), 'flags.json', '"state" : "ENABLED"', '"state" : "DISABLED"'],
    ['a variant in JSON', json({ variant: 'few' }), 'flags.json', '"all", ', '"few", '],
  ])('differs in nothing but %s, and is as it was after going back', async (_, params, name, from, to) => {
    const was = now(name);
    const { before } = await make(params);
    expect(now(name)).toBe(was.replace(from, to));
    await actionOn().revert(plainCall(), params, before);
    expect(now(name)).toBe(was);
  });

  it('has the permissions of the old one, and nothing is left beside it', async () => {
    chmodSync(inside('flags.yaml'), 0o640);
    const mark = createHash('sha256')
      .update(`${inside('flags.yaml')}\nk`)
      .digest('hex')
      .slice(0, 16);
    writeFileSync(inside(`.firebreak-${mark}-flags.yaml`), 'left by a process that was killed');
    await make(yaml());
    expect(statSync(inside('flags.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['flags.json', 'flags.yaml']);
  });

  it('is read by flagd’s own rules as it should be', async () => {
    const core = new FlagdCore();
    const value = () => {
      core.setConfigurations(now('flags.json'));
      return core.resolveNumberEvaluation('recommendations', -1, {}).value;
    };
    expect(value()).toBe(10);
    const { before } = await make(json({ variant: 'none' }));
    expect(value()).toBe(0);
    await actionOn().revert(plainCall(), json({ variant: 'none' }), before);
    await make(json());
    core.setConfigurations(now('flags.json'));
    expect(core.getFlag('recommendations')?.state).toBe('DISABLED');
  });

  it('is there as a whole for whoever reads it at the same time', async () => {
    let reads = 0;
    let done = false;
    const seen = new Set<unknown>();
    const reader = (async () => {
      while (!done) {
        seen.add(JSON.parse(await readFile(inside('flags.json'), 'utf8')).flags.recommendations.state);
        reads += 1;
      }
    })();
    for (let round = 0; round < 20; round += 1) await make(json({ enabled: round % 2 === 1 }));
    done = true;
    await reader;
    expect(seen).toEqual(new Set(['ENABLED', 'DISABLED']));
    expect(reads).toBeGreaterThan(20);
  });
});

describe('the plan', () => {
  it('says what changes, and what an approver should know besides', async () => {
    expect(await actionOn().plan(plainCall(), yaml())).toMatchObject({
      summary: 'recommendations in yaml: state ENABLED -> DISABLED',
      changes: [{ resource: 'flag-file/yaml/recommendations', attribute: 'state', from: 'ENABLED', to: 'DISABLED' }],
      facts: { afterwards: 'applications go by the default in their own code while the flag is DISABLED' },
    });
    expect(await actionOn().plan(plainCall(), yaml({ feature: 'banner', variant: 'none' }))).toMatchObject({
      facts: { targeting: 'its rules come before the default variant' },
    });
  });

  it.each<[string, Json, string, RegExp]>([
    [
      'a flag',
      yaml({ feature: 'nothing' }),
      'unknown-feature',
      /no flag nothing; there are recommendations, banner, foo/,
    ],
    ['a flag of JavaScript', yaml({ feature: 'constructor' }), 'unknown-feature', /no flag constructor/],
    [
      'a variant',
      yaml({ variant: 'maybe' }),
      'unknown-variant',
      /recommendations has no variant maybe; there are on, off/,
    ],
  ])('is refused for %s that is not there', async (_, params, code, message) => {
    const plan = actionOn().plan(plainCall(), params);
    await expect(plan).rejects.toMatchObject({ code, again: false });
    await expect(plan).rejects.toThrow(message);
  });

  it('is refused when there is no default variant to go back to', async () => {
    change('    defaultVariant: on   # not "true"\n', '');
    await expect(actionOn().plan(plainCall(), yaml({ variant: 'off' }))).rejects.toMatchObject({
      code: 'not-understood',
    });
    await make(yaml());
  });
});

describe('what others do', () => {
  it.each([
    ['its variants', 'on: true, off: false', 'on: true, off: true'],
    ['its default variant', 'defaultVariant: on', 'defaultVariant: off'],
    ['its state', 'state: ENABLED', 'state: ENABLE'],
    ['its name', 'recommendations:', 'recommendation:'],
  ])('is not overruled when they changed %s since it was planned', async (_, from, into) => {
    const { before } = await actionOn().plan(plainCall(), yaml());
    change(from, into);
    const then = now();
    await expect(actionOn().apply(plainCall(), yaml(), before)).rejects.toMatchObject({ again: false });
    expect(now()).toBe(then);
  });

  it('is not overruled when it is taken back: another variant became the default', async () => {
    change('off: false', 'off: false, dim: false');
    const { before } = await make(yaml({ variant: 'off' }));
    change('"off"', 'dim');
    await expect(actionOn().revert(plainCall(), yaml({ variant: 'off' }), before)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
  });

  it('stays when it is another flag, between planning and changing, while it is written, and when it is taken back', async () => {
    const { before } = await actionOn().plan(plainCall(), yaml());
    change('DISABLED, variants', 'ENABLED, variants');
    let fences = 0;
    const fence = async () => {
      fences += 1;
      if (fences === 1) change('spring: ', 'summer: hot\n      spring: ');
    };
    await actionOn().apply(plainCall({ fence }), yaml(), before);
    expect(fences).toBe(2);
    change('country', 'land');
    await actionOn().revert(plainCall(), yaml(), before);
    const expected = FLAGS_YAML.replace('DISABLED, variants', 'ENABLED, variants')
      .replace('spring: ', 'summer: hot\n      spring: ')
      .replace('country', 'land');
    expect(now()).toBe(expected);
  });

  it('stops it when they never let go', async () => {
    const { before } = await actionOn().plan(plainCall(), yaml());
    const fence = async () => writeFileSync(inside('flags.yaml'), `${now()}#`);
    await expect(actionOn().apply(plainCall({ fence }), yaml(), before)).rejects.toMatchObject({
      code: 'file-busy',
      again: true,
    });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('is kept when many steps change flags of one file at the same moment', async () => {
    const flags = Object.fromEntries(
      Array.from({ length: 4 }, (_, at) => [`f${at}`, { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'a' }]),
    );
    writeFileSync(inside('flags.json'), JSON.stringify({ flags }));
    const action = actionOn();
    await Promise.all(Object.keys(flags).map((feature) => make(json({ feature }), action, feature)));
    const disabled = Object.entries(flags).map(([name, flag]) => [name, { ...flag, state: 'DISABLED' }]);
    expect(JSON.parse(now('flags.json'))).toEqual({ flags: Object.fromEntries(disabled) });
  });
});

describe('a link', () => {
  it('is followed, and stays a link', async () => {
    mkdirSync(inside('real'));
    writeFileSync(inside('real/shop.yaml'), FLAGS_YAML);
    symlinkSync('real/shop.yaml', inside('link.yaml'));
    await make(yaml({ file: 'link' }), actionOn({ link: { path: inside('link.yaml') } }));
    expect(readFileSync(inside('real/shop.yaml'), 'utf8')).toContain('state: DISABLED');
    expect(statSync(inside('link.yaml')).ino).toBe(statSync(inside('real/shop.yaml')).ino);
    expect(readdirSync(inside('real'))).toEqual(['shop.yaml']);
  });

  it('of a ConfigMap is not: Kubernetes would put the file back', async () => {
    mkdirSync(inside('..2026_11_21'));
    writeFileSync(inside('..2026_11_21/map.yaml'), FLAGS_YAML);
    symlinkSync('..2026_11_21', inside('..data'));
    symlinkSync('..data/map.yaml', inside('map.yaml'));
    const action = actionOn({ map: { path: inside('map.yaml') } });
    expect(await action.check(plainCall(), yaml({ file: 'map' }))).toEqual({ needed: true });
    await expect(action.plan(plainCall(), yaml({ file: 'map' }))).rejects.toMatchObject({
      code: 'refused-by-target',
      again: false,
      message: `${inside('map.yaml')} is mounted from a ConfigMap or Secret, and Kubernetes would put it back: change that instead`,
    });
  });

  it('that leads in a circle or nowhere is no file', async () => {
    symlinkSync('circle.yaml', inside('circle.yaml'));
    symlinkSync('nowhere', inside('away.yaml'));
    const action = actionOn({ circle: { path: inside('circle.yaml') }, away: { path: inside('away.yaml') } });
    await expect(action.check(plainCall(), yaml({ file: 'circle' }))).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(action.check(plainCall(), yaml({ file: 'away' }))).rejects.toMatchObject({
      code: 'target-unreachable',
      again: true,
    });
  });
});

describe('a file that is not what it should be', () => {
  it('is not waited for when it is a pipe', async () => {
    rmSync(inside('flags.yaml'));
    execFileSync('mkfifo', [inside('flags.yaml')]);
    await expect(actionOn().check(plainCall(), yaml())).rejects.toMatchObject({ code: 'not-a-file', again: false });
  });

  it.each<[string, string, string | Buffer]>([
    ['cut off', 'flags.json', FLAGS_JSON.slice(0, -20)],
    ['empty', 'flags.yaml', ''],
    ['huge', 'flags.yaml', `${FLAGS_YAML}#${'x'.repeat(128 * 1024)}`],
    ['huge too', 'flags.json', FLAGS_JSON + ' '.repeat(1024 * 1024)],
    ['no text', 'flags.json', Buffer.from([0xff, 0xfe, 0x00])],
    ['two documents', 'flags.yaml', `${FLAGS_YAML}---\n${FLAGS_YAML}`],
    ['a list', 'flags.json', '[]'],
    ['without flags', 'flags.json', '{"flag": {}}'],
    ['with flags as a list', 'flags.json', '{"flags": []}'],
    ['with a state that flagd does not know', 'flags.json', FLAGS_JSON.replaceAll('ENABLED', 'ON')],
    ['without variants', 'flags.json', FLAGS_JSON.replaceAll('variants', 'values')],
    [
      'with a key twice',
      'flags.yaml',
      FLAGS_YAML.replace('    state: ENABLED', '    state: ENABLED\n    state: DISABLED'),
    ],
    [
      'with a state that is another one’s',
      'flags.yaml',
      FLAGS_YAML.replace('ENABLED', '*s').replace('flags:', 's: &s ENABLED\nflags:'),
    ],
    [
      'with a flag that is another one too',
      'flags.yaml',
      FLAGS_YAML.replace('recommendations: #', 'recommendations: &r #') + '  offers: *r\n',
    ],
    ['with a state over several lines', 'flags.yaml', FLAGS_YAML.replace('ENABLED', '|-\n      ENABLED')],
    [
      'an alias bomb',
      'flags.yaml',
      `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\ne: &e [*d,*d]\nf: &f [*e,*e]\ng: [*f,*f]\n${FLAGS_YAML}`,
    ],
    ['nested without end', 'flags.yaml', '['.repeat(100_000)],
  ])('is refused when it is %s', async (_, name, content) => {
    writeFileSync(inside(name), content);
    const params = name.endsWith('yaml') ? yaml() : json();
    await expect(actionOn().plan(plainCall(), params)).rejects.toMatchObject({ code: 'not-understood', again: false });
  });

  it('is changed only where the state is meant that counts: the last one of that name', async () => {
    change('"state" : "ENABLED"', '"state": "DISABLED", "state" : "ENABLED"', 'flags.json');
    await make(json());
    expect(now('flags.json')).toContain('"state": "DISABLED", "state" : "DISABLED"');
  });

  it('is changed in milliseconds, however large it may be', async () => {
    const many = Array.from(
      { length: 5_000 },
      (_, at) => `"f${at}": {"state": "ENABLED", "variants": {"a": "\\"}"}, "note": [{}]}`,
    );
    writeFileSync(inside('flags.json'), FLAGS_JSON.replace('"flags": {', `"flags": { ${many.join(', ')},`));
    const start = performance.now();
    await make(json());
    const took = performance.now() - start;
    console.log(
      `planned and changed in a file of ${(statSync(inside('flags.json')).size / 1024).toFixed(0)} KiB: ${took.toFixed(0)} ms`,
    );
    expect(now('flags.json')).toContain('"state" : "DISABLED"');
    expect(took).toBeLessThan(2_000);
  });
});

it.each([
  ['EROFS', 'refused-by-target', false, /\(EROFS\): Firebreak must be able to write into its folder/],
  ['EBUSY', 'refused-by-target', false, /mounted as a single file; mount the folder that holds it/],
  ['ENOSPC', 'target-failed', true, /no room left beside it/],
])('what the file system says is explained: %s', (errno, code, again, message) => {
  const error = Object.assign(new Error('no'), { code: errno });
  const said = explained(error, '/etc/flags.json', new AbortController().signal);
  expect(said).toMatchObject({ code, again, message: expect.stringMatching(message) });
});

it.each<Json>([
  {},
  { files: {} },
  { files: { a: '/etc/flags.yaml' } },
  { files: { a: { path: 'flags.yaml' } } },
  { files: { a: { path: '/etc/../flags.yaml' } } },
  { files: { a: { path: '/etc/flags.txt' } } },
  { files: { a: { path: '/etc/flags.yaml', features: [] } } },
  { files: { a: { path: '/etc/flags.yaml' }, b: { path: '/etc/flags.yaml' } } },
])('a configuration such as %j is refused', (file) => {
  expect(() => plugin.instantiate({ file }, log)).toThrow();
});
