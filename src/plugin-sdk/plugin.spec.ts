import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definePlugin, secret, type PluginLog } from './index.js';
import type { BareEffectCall, BarePlanCall } from './plugin.js';
import { secretsIn } from './secret.js';

const root = join(import.meta.dirname, '..', '..');

/** A whole plugin, of which each type test changes one place. */
const sound = `
import { z } from 'zod';
import { definePlugin, secret } from './index.js';

export default definePlugin({
  id: 'throttle', sdk: 1, version: '1.0.0',
  config: z.strictObject({ url: z.url(), token: secret().optional() }),
  connect: async (config) => ({ put: async (limit: number) => config.url + limit }),
  close: () => {},
  provide: ({ action, probe, config }) => ({
    actions: {
      limit: action({
        summary: 'Set a limit at ' + config.url,
        params: z.strictObject({ server: z.string(), limit: z.int() }),
        before: z.strictObject({ limit: z.int() }),
        risk: 'medium',
        idempotency: 'natural',
        async check() { return { needed: true }; },
        async plan({ params }) {
          const change = { resource: params.server, attribute: 'limit', from: 1, to: params.limit };
          return { summary: 'limit', changes: [change], before: { limit: 1 } };
        },
        async apply({ client, params, fence }) { await fence(); await client.put(params.limit); return { done: true }; },
        async verify(call, before) { return before.limit > 0 ? { took: true } : { took: false, detail: 'no' }; },
        async revert({ client, fence }, before) { await fence(); await client.put(before.limit); return { done: true }; },
      }),
    },
    probes: {
      load: probe({
        summary: 'Load', params: z.object({ server: z.string() }),
        measure: async ({ params }) => ({ status: 'unknown', detail: params.server }),
      }),
    },
  }),
});`;

/** Gives what the compiler has against each of the texts, as if it were a file of the SDK's folder. */
function diagnose(texts: readonly string[]): string[][] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const files = new Map(texts.map((text, i) => [join(import.meta.dirname, `snippet-${i}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((path) => {
    const found = [
      ...program.getSyntacticDiagnostics(program.getSourceFile(path)),
      ...program.getSemanticDiagnostics(program.getSourceFile(path)),
    ];
    return found.map(({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

describe('the compiler', () => {
  const mistakes: [string, string, string, RegExp][] = [
    [
      'a misspelt parameter',
      'client.put(params.limit)',
      'client.put(params.limti)',
      /^TS(2339|2551): Property 'limti' does not exist/,
    ],
    [
      'a parameter of the wrong type',
      'client.put(params.limit)',
      'client.put(params.server)',
      /^TS2345: Argument of type 'string'/,
    ],
    [
      'a misspelt field of before',
      'client.put(before.limit)',
      'client.put(before.limits)',
      /^TS(2339|2551): Property 'limits' does not exist/,
    ],
    [
      'a before that plan makes wrong',
      'before: { limit: 1 } };',
      "before: { limit: 'one' } };",
      /^TS2322: .*'string' is not assignable to type 'number'/,
    ],
    ['a before that lacks a field', 'before: { limit: 1 } };', 'before: {} };', /^TS(2322|2741): .*'limit' is missing/],
    [
      'a before that JSON does not keep',
      'before: z.strictObject({ limit: z.int() })',
      'before: z.strictObject({ limit: z.int(), at: z.date() })',
      /^TS\d+: .*Json/,
    ],
    [
      'a missing verb',
      "async verify(call, before) { return before.limit > 0 ? { took: true } : { took: false, detail: 'no' }; },",
      '',
      /^TS2345: .*'verify' is missing/,
    ],
    ['a misspelt verb', 'async revert(', 'async rollback(', /^TS2353: .*'rollback' does not exist/],
    [
      'an answer without its reason',
      "{ took: false, detail: 'no' }",
      '{ took: false }',
      /^TS(2322|2741): .*'detail' is missing/,
    ],
    ['a plan without changes', 'changes: [change], ', '', /^TS(2322|2741): .*'changes' is missing/],
    [
      'a method that the client does not have',
      'client.put(params.limit)',
      'client.push(params.limit)',
      /^TS2339: Property 'push' does not exist/,
    ],
    [
      'a field that the configuration does not have',
      'config.url + limit',
      'config.uri + limit',
      /^TS(2339|2551): Property 'uri' does not exist/,
    ],
    [
      'a fence in a verb that may not write',
      'async plan({ params })',
      'async plan({ params, fence })',
      /^TS2339: Property 'fence' does not exist/,
    ],
    ['an unknown risk', "risk: 'medium'", "risk: 'moderate'", /^TS2820|^TS2322: .*"moderate"/],
    ['another version of the SDK', 'sdk: 1', 'sdk: 2', /^TS2322: Type '2' is not assignable to type '1'/],
    ['an unknown status of a probe', "status: 'unknown'", "status: 'fine'", /^TS2322: .*"fine"/],
  ];
  const diagnoses = diagnose([sound, ...mistakes.map(([, from, to]) => sound.replace(from, () => to))]);

  it('accepts a sound plugin', () => {
    expect(diagnoses[0]).toEqual([]);
  });

  it.each(mistakes.map(([name, from, , message], i) => ({ name, from, message, found: diagnoses[i + 1]! })))(
    'refuses $name',
    ({ from, message, found }) => {
      expect(sound).toContain(from);
      expect(
        found.some((line) => message.test(line)),
        found.join('\n'),
      ).toBe(true);
    },
  );
});

const log: PluginLog = { info: () => {}, warn: () => {} };
const call = (): BareEffectCall & BarePlanCall => ({
  earlier: [],
  key: 'k',
  epoch: 1,
  signal: new AbortController().signal,
  log,
  fence: async () => {},
});

/** A plugin that remembers what is done to it; connecting fails as often as wanted. */
function remembering(failures = 0) {
  const done: string[] = [];
  let left = failures;
  const plugin = definePlugin({
    id: 'remember',
    sdk: 1,
    version: '1.2.3',
    config: z.strictObject({ url: z.string().min(1), retries: z.int().default(3), token: secret().optional() }),
    connect: async (config) => {
      done.push('connect');
      left -= 1;
      if (left >= 0) throw new Error('not yet');
      return { url: config.url };
    },
    close: (client) => void done.push(`close ${client.url}`),
    provide: ({ action, probe, notifier, config }) => ({
      actions: {
        act: action({
          summary: `at most ${config.retries} times`,
          params: z.strictObject({ n: z.int().default(7) }),
          before: z.strictObject({ was: z.int() }),
          risk: 'low',
          idempotency: 'natural',
          check: async ({ params }) => ({ needed: false, because: `n is ${params.n}` }),
          plan: async () => ({ summary: '', changes: [], before: { was: 1 } }),
          apply: async () => (done.push('apply'), { done: true }),
          verify: async () => ({ took: true }),
          revert: async (_, before) => (done.push(`back to ${before.was}`), { done: true }),
        }),
      },
      probes: {
        look: probe({
          summary: '',
          params: z.strictObject({}),
          measure: async ({ client }) => ({ status: 'healthy', detail: client.url }),
        }),
      },
      notifiers: { tell: notifier({ summary: '', send: async ({ client }) => void done.push(`told ${client.url}`) }) },
    }),
  });
  return { plugin, done };
}

describe('definePlugin', () => {
  it.each([[{}], [{ url: '' }], [{ url: 'x', retries: 'three' }], [{ url: 'x', tokn: 'y' }], [undefined]])(
    'refuses the configuration %j at once',
    (config) => {
      const { plugin, done } = remembering();
      expect(() => plugin.instantiate(config, log)).toThrow(z.ZodError);
      expect(done).toEqual([]);
    },
  );

  it('gives the configuration with its defaults to what it provides, and connects at the first use only', async () => {
    const { plugin, done } = remembering();
    const { provided } = plugin.instantiate({ url: 'x' }, log);
    expect(provided.actions!['act']).toMatchObject({
      summary: 'at most 3 times',
      reversible: true,
      risk: 'low',
      idempotency: 'natural',
    });
    expect(done).toEqual([]);
    const { act } = { act: provided.actions!['act']! };
    expect(await act.check(call(), {})).toEqual({ needed: false, because: 'n is 7' });
    expect(await provided.probes!['look']!.measure(call(), {})).toEqual({ status: 'healthy', detail: 'x' });
    expect(done).toEqual(['connect']);
  });

  it('connects once for many first uses, and again after it failed', async () => {
    const { plugin, done } = remembering(1);
    const act = plugin.instantiate({ url: 'x' }, log).provided.actions!['act']!;
    const first = await Promise.allSettled([act.check(call(), {}), act.check(call(), {})]);
    expect(first.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(done).toEqual(['connect']);
    await Promise.all([act.check(call(), {}), act.check(call(), {})]);
    expect(done).toEqual(['connect', 'connect']);
  });

  it('closes what it connected, and nothing else', async () => {
    const idle = remembering();
    await idle.plugin.instantiate({ url: 'x' }, log).close();
    expect(idle.done).toEqual([]);
    const used = remembering();
    const instance = used.plugin.instantiate({ url: 'x' }, log);
    const message = {
      event: 'opened' as const,
      id: '',
      title: '',
      text: '',
      link: '',
      execution: { id: '', runbook: '', target: '', phase: '' },
    };
    await instance.provided.notifiers!['tell']!.send(call(), message);
    await instance.close();
    expect(used.done).toEqual(['connect', 'told x', 'close x']);
  });

  it('refuses parameters, and a before, that do not fit', async () => {
    const { plugin, done } = remembering();
    const act = plugin.instantiate({ url: 'x' }, log).provided.actions!['act']!;
    await expect(act.apply(call(), { n: 'many' }, { was: 1 })).rejects.toThrow(z.ZodError);
    await expect(act.revert(call(), {}, { was: 'one' })).rejects.toThrow(z.ZodError);
    expect(done).toEqual(['connect']);
    await act.revert(call(), {}, { was: 4 });
    expect(done).toEqual(['connect', 'back to 4']);
  });
});

describe('secretsIn', () => {
  it.each<[string, z.ZodType, unknown, string[]]>([
    ['a field', z.object({ user: z.string(), token: secret() }), { user: 'me', token: 's1' }, ['s1']],
    ['an optional field that is there', z.object({ token: secret().optional() }), { token: 's1' }, ['s1']],
    ['an optional field that is not', z.object({ token: secret().optional() }), {}, []],
    [
      'a default, a null',
      z.object({ a: secret().default('s1'), b: secret().nullable() }),
      { a: 's1', b: null },
      ['s1'],
    ],
    [
      'objects in objects',
      z.object({ auth: z.object({ basic: z.object({ password: secret() }) }) }),
      { auth: { basic: { password: 's1' } } },
      ['s1'],
    ],
    [
      'records',
      z.object({ hooks: z.record(z.string(), z.object({ token: secret().optional() })) }),
      { hooks: { a: { token: 's1' }, b: {}, c: { token: 's2' } } },
      ['s1', 's2'],
    ],
    ['lists', z.object({ tokens: z.array(secret()) }), { tokens: ['s1', 's2'] }, ['s1', 's2']],
    ['a check behind it', z.object({ token: secret().max(9).describe('a token') }), { token: 's1' }, ['s1']],
    ['a refinement behind it', z.object({ token: secret().refine((text) => text !== '') }), { token: 's1' }, ['s1']],
    ['a refined object', z.object({ token: secret() }).refine(() => true), { token: 's1' }, ['s1']],
    ['a pipe', z.object({ url: secret().pipe(z.url()) }), { url: 'http://s1' }, ['http://s1']],
    [
      'a union',
      z.object({ auth: z.union([z.object({ token: secret() }), z.object({ user: z.string() })]) }),
      { auth: { token: 's1' } },
      ['s1'],
    ],
    [
      'a read-only object',
      z.object({ auth: z.object({ token: secret() }).readonly() }),
      { auth: { token: 's1' } },
      ['s1'],
    ],
  ])('finds %s', (_, schema, value, found) => {
    expect(secretsIn(schema, schema.parse(value))).toEqual(found);
  });

  it('goes into an instance as written and as parsed', () => {
    const plugin = definePlugin({
      id: 'masked',
      sdk: 1,
      version: '1.0.0',
      config: z.object({ token: secret().transform((text) => `Bearer ${text}`) }),
      connect: async () => undefined,
      close: () => {},
      provide: () => ({}),
    });
    expect(plugin.instantiate({ token: 's1' }, log).secrets).toEqual(['s1', 'Bearer s1']);
  });
});
