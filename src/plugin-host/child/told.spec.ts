import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../core/json.js';
import { checkSchema } from '../../catalog/check-schema.js';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import { describe as described, parametersFrom, writtenSchema } from './described.js';
import { permissionsSchema } from './permissions.js';
import { isPermitted } from './seat-belts.js';
import { errorFrom, sentFailureOf } from './sent-failure.js';
import { secretsOf } from './told-secrets.js';

describe('what a child says its secrets are', () => {
  const config = { url: 'https://a', token: 'canary-1', list: ['canary-2'], short: 'e' };
  it.each<[string, string[], string[]]>([
    ['values of the configuration', ['canary-1', 'canary-2', 'e'], ['canary-1', 'canary-2', 'e']],
    ['what was made of them', ['Bearer canary-1'], ['Bearer canary-1']],
    ['S16: but nothing that would black out the log of others', ['', 'error', 'plugin', 'the'], []],
  ])('is believed for %s', (_, told, believed) => {
    expect(secretsOf(config, told)).toEqual(believed);
  });
});

describe('hosts', () => {
  it.each<[string, string, string, boolean]>([
    ['api.example.org', 'api.example.org', '443', true],
    ['api.example.org', 'API.example.org', '80', true],
    ['api.example.org:443', 'api.example.org', '80', false],
    ['*.example.org', 'a.b.example.org', '1', true],
    ['*.example.org', 'example.org', '1', false],
    ['*.example.org', 'evilexample.org', '1', false],
    ['[::1]:80', '::1', '80', true],
    ['10.0.0.1', '10.0.0.10', '1', false],
  ])('%s against %s:%s', (permitted, host, port, expected) => {
    expect(isPermitted([permitted], { host, port })).toBe(expected);
  });
});

describe('permissions', () => {
  it.each<[string, unknown]>([
    ['an address with a path', { hosts: ['https://api.example.org/x'] }],
    ['all hosts by a star', { hosts: ['*'] }],
    ['a relative folder', { read: ['./x'] }],
    ['the whole file system', { write: ['/'] }],
    ['the whole file system by a way around', { read: ['/etc/..'] }],
    ['the whole file system by a star', { read: ['/*'] }],
    ["Node's own settings", { env: ['NODE_OPTIONS'] }],
    ["the service's own settings", { env: ['FIREBREAK_TOKEN'] }],
    ['a linker setting', { env: ['LD_PRELOAD'] }],
    ['less memory than Node needs', { memoryMiB: 10 }],
    ['an unknown key', { network: true }],
  ])('S16: refuse %s', (_, permissions) => {
    expect(permissionsSchema.safeParse(permissions).success).toBe(false);
  });

  it('are none unless named', () => {
    expect(permissionsSchema.parse({})).toEqual({ env: [], read: [], write: [], spawn: false, memoryMiB: 256 });
  });
});

/** Alternatives that refer to alternatives, and so on: 2 to the power of this many. */
function doubled(times: number): Json {
  const names = Array.from({ length: times }, (_, i) => [`a${i}`, { anyOf: [ref(i + 1), ref(i + 1)] }]);
  return [ref(0), { $defs: { ...Object.fromEntries(names), [`a${times}`]: { type: 'number' } } }];
}
const ref = (i: number) => ({ $ref: `#/$defs/a${i}` });

describe('parameters that a child describes', () => {
  const params = z.strictObject({
    site: z.string().regex(/^(a+)+$/),
    n: z.int().max(9).default(3),
    mode: z.enum(['on', 'off']).optional(),
  });
  const provided = described({
    probes: { look: { summary: 'Looks', params, measure: async () => ({ status: 'unknown', detail: '' }) } },
  });
  const written = provided.probes['look']?.params ?? {};
  const schema = parametersFrom(written);

  it('are held against runbooks like those of any plugin', () => {
    expect(checkSchema(schema, { site: 'a', n: 3 }).ok).toBe(true);
    const found = checkSchema(schema, { sit: 'a', n: 10, mode: 'of' });
    expect(found.ok ? [] : found.issues.map(({ message }) => message)).toEqual([
      'site: missing',
      'n: must be at most 9',
      'mode: must be one of "on", "off": did you mean "on"?',
      expect.stringContaining('unknown key "sit": did you mean "site"?'),
    ]);
  });

  it('S9, S16: cannot hold up the service by a pattern that takes forever', () => {
    const began = performance.now();
    expect(schema.safeParse({ site: `${'a'.repeat(40)}!` }).success).toBe(false);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each<[string, { [key: string]: Json }, object]>([
    [
      'counts in counts',
      { properties: { a: { type: 'string', pattern: '(a?){900}'.repeat(30) } } },
      { a: 'a'.repeat(900) },
    ],
    ['a long text', { properties: { a: { type: 'string', pattern: '^(a?){100}b' } } }, { a: 'a'.repeat(1_000_000) }],
    ['keys with patterns', { patternProperties: { '^(a+)+$': {} } }, { [`${'a'.repeat(40)}!`]: 1 }],
    ['twice twice twice', { anyOf: doubled(40) }, { a: 1 }],
    ['itself', { properties: { a: { $ref: '#' } } }, { a: { a: {} } }],
  ])('S9, S16: cannot hold up the service by %s: that is left to the child', (_, more, params) => {
    const began = performance.now();
    expect(parametersFrom({ type: 'object', ...more }).safeParse(params).success).toBe(true);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('are matched wherever they stand, as far as that takes linear time', () => {
    const deep = parametersFrom({
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'string', pattern: '^a' } },
        ahead: { type: 'string', pattern: '(?=a)' },
      },
      additionalProperties: { type: 'string', pattern: '^c' },
    });
    const { error } = deep.safeParse({ list: ['a', 'b'], ahead: 'x', other: 'd' });
    expect(error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'list.1 must match ^a',
      'other must match ^c',
    ]);
  });

  it('are shown as their author wrote them', () => {
    expect(writtenSchema(schema)).toMatchObject({ properties: { site: { pattern: '^(a+)+$' } } });
    expect(writtenSchema(params)).toBeUndefined();
  });

  it.each([{ type: 'nonsense' }, { $ref: '#/nowhere' }, { not: { type: 'string' } }])(
    'are any map when %j says nothing that is understood',
    (odd) => {
      expect(parametersFrom(odd).safeParse({ a: 1 }).success).toBe(true);
    },
  );
});

describe('what is thrown in a child', () => {
  it.each<[string, unknown, object]>([
    [
      'with its code',
      new PluginError('busy', 'try later', false),
      { code: 'busy', message: 'try later', again: false },
    ],
    [
      'by another copy of the SDK',
      Object.assign(new Error('x'), { name: 'PluginError', code: 'c', again: true }),
      { code: 'c' },
    ],
    ['as an error', new Error('broken'), { message: 'broken' }],
    ['as anything else', 'words', { message: 'words' }],
    ['cut when it is long', new Error('word '.repeat(2_000)), { message: `${'word '.repeat(799).trim()}...` }],
  ])('arrives %s', (_, error, expected) => {
    expect(errorFrom(sentFailureOf(error))).toMatchObject(expected);
  });

  it('arrives as wrong parameters, with where and why', () => {
    const { error } = z.strictObject({ n: z.int() }).safeParse({ n: 'x', m: 1 });
    const arrived = errorFrom(sentFailureOf(error));
    expect(arrived).toBeInstanceOf(z.ZodError);
    expect(arrived).toMatchObject({
      issues: [{ path: ['n'], message: expect.stringContaining('number') }, { path: [] }],
    });
  });
});
