import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsFrom } from '../core/alert.js';
import type { Json } from '../core/json.js';
import type { Rendered, Scope } from '../core/template.js';
import { compileTarget } from './target-template.js';
import { compileJson, compileText } from './template-engine.js';

function scope(labels: Record<string, string>, more: Partial<Scope> = {}): Scope {
  const alert = { name: 'X', fingerprint: 'f', startsAt: '2026-01-01T00:00:00.000Z', generatorURL: '' };
  return {
    labels: labelsFrom(labels),
    annotations: labelsFrom({}),
    alert,
    params: {},
    config: {},
    topology: {},
    ...more,
  };
}

function render(text: string, within: Scope): Rendered<string> {
  const compiled = compileText(text);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.mistakes));
  return compiled.template.render(within);
}

describe('a template', () => {
  it('fills in what it names, as it is, without escaping', () => {
    const labels = { a: '<b> & "c"' };
    expect(render('{{labels.a}} of {{alert.name}}', scope(labels))).toEqual({ ok: true, value: '<b> & "c" of X' });
  });

  it.each([
    ['labels.cluster', 'x/{{labels.cluster}}/y'],
    ['annotations.summary', '{{annotations.summary}}'],
    ['alert.generatorURL', '{{alert.generatorURL}}'],
    ['params.a.b', '{{params.a.b}}'],
    ['config.url', '{{urlencode config.url}}'],
    ['topology.center.standby', '{{json topology.center.standby}}'],
  ])('says that %s is missing instead of leaving a gap', (name, text) => {
    expect(render(text, scope({ service: 'shop' }))).toEqual({ ok: false, detail: `${name} is missing` });
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'constructor.name', '__defineGetter__'])(
    'finds no inherited name: labels.%s',
    (name) => {
      expect(render(`{{labels.${name}}}`, scope({}))).toEqual({ ok: false, detail: `labels.${name} is missing` });
      expect(render(`{{config.${name}}}`, scope({}))).toEqual({ ok: false, detail: `config.${name} is missing` });
    },
  );

  it('reads a label that happens to have such a name', () => {
    expect(render('{{labels.constructor}}', scope({ constructor: 'acme' }))).toEqual({ ok: true, value: 'acme' });
  });

  it.each(['{{7*7}}', '{{constructor}}', '{{labels.b}}', '{{#if 1}}x{{/if}}', '\\{{labels.b}}', '{{', '}}'])(
    'never compiles the text of an alert: %s stays as it is',
    (text) => {
      expect(render('[{{labels.a}}]', scope({ a: text, b: 'secret' }))).toEqual({ ok: true, value: `[${text}]` });
    },
  );

  it('gives back any label text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(render('<{{labels.a}}>', scope({ a: text }))).toEqual({ ok: true, value: `<${text}>` });
      }),
    );
  });

  it('writes numbers and truth values as texts, and refuses lists and maps', () => {
    const within = scope({}, { params: { zero: 0, no: false, list: [1, 2], empty: '' } });
    expect(render('{{params.zero}} {{params.no}} {{params.list.[1]}}{{params.empty}}', within)).toEqual({
      ok: true,
      value: '0 false 2',
    });
    expect(render('{{params.list}}', within)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('{{json params.list}}'),
    });
  });

  it('knows json, urlencode and default, also one within the other', () => {
    const within = scope({ a: 'x "y"/z' }, { params: { list: [1, { a: null }] } });
    expect(render('{{json params.list}} {{json labels.a}}', within)).toEqual({
      ok: true,
      value: '[1,{"a":null}] "x \\"y\\"/z"',
    });
    expect(render('{{urlencode labels.a}}', within)).toEqual({ ok: true, value: 'x%20%22y%22%2Fz' });
    expect(render('{{default labels.b "none"}}', within)).toEqual({ ok: true, value: 'none' });
    expect(render('{{urlencode (default labels.b.c "a b")}}', within)).toEqual({ ok: true, value: 'a%20b' });
  });

  it('refuses what cannot be encoded, instead of throwing', () => {
    expect(render('{{urlencode labels.a}}', scope({ a: '\ud800' }))).toMatchObject({ ok: false });
  });

  it.each([
    ['{{#each labels}}x{{/each}}', 1, 1],
    ['ab {{> partial}}', 1, 4],
    ['{{* decorator}}', 1, 1],
    ['one\ntwo {{../labels.x}}', 2, 5],
    ['{{@root.labels.x}}', 1, 1],
    ['{{this}}', 1, 3],
    ['{{./labels.x}}', 1, 3],
    ['{{secret}}', 1, 3],
    ['{{lookup labels "x"}}', 1, 1],
    ['{{log labels.x}}', 1, 1],
    ['{{helperMissing labels.x}}', 1, 1],
    ['{{labels.x labels.y}}', 1, 1],
    ['{{json labels.x a=labels.y}}', 1, 1],
    ['{{{labels.x}}}', 1, 1],
    ['{{labels}}', 1, 3],
    ['{{"labels"}}', 1, 1],
    ['{{default labels.x labels.y}}', 1, 1],
    ['{{json (lookup labels "x")}}', 1, 8],
    ['ok {{labels.x', 1, 4],
    ['a{{labels.x}} {{7*7}}', 1, 15],
  ])('is refused at line and column when it does more than fill in: %j', (text, line, column) => {
    const compiled = compileText(text);
    expect(compiled).toMatchObject({ ok: false, mistakes: [{ path: [] }] });
    const [mistake] = compiled.ok ? [] : compiled.mistakes;
    expect([mistake?.within.line, mistake?.within.column]).toSatisfy(
      ([l, c]: number[]) => l === line && Math.abs((c ?? 0) - column) <= 2,
    );
  });
});

describe('a tree of parameters', () => {
  const tree: Json = {
    url: 'http://{{labels.host}}/',
    list: ['{{labels.host}}', 1, null],
    fixed: { a: ['b', '\\{{c}}'] },
  };

  it('fills in its leaves and keeps everything else', () => {
    const compiled = compileJson(tree);
    expect(compiled.ok && compiled.template.render(scope({ host: 'h' }))).toEqual({
      ok: true,
      value: { url: 'http://h/', list: ['h', 1, null], fixed: { a: ['b', '{{c}}'] } },
    });
    expect(compiled.ok && compiled.template.source).toBe(tree);
  });

  it('costs nothing when there is nothing to fill in', () => {
    const compiled = compileJson({ a: [1, { b: 'c' }] });
    expect(compiled).toMatchObject({ ok: true, isStatic: true });
    if (!compiled.ok) return;
    expect(compiled.template.render(scope({}))).toBe(compiled.template.render(scope({ a: 'b' })));
  });

  it('tells where each mistake stands', () => {
    const compiled = compileJson({ a: ['{{foo.x}}'], '{{labels.b}}': 1, c: { d: '{{#if x}}{{/if}}' } });
    expect(compiled.ok ? [] : compiled.mistakes.map((mistake) => mistake.path)).toEqual([
      ['{{labels.b}}'],
      ['a', 0],
      ['c', 'd'],
    ]);
  });
});

describe('the template of a target', () => {
  const target = (labels: Record<string, string>): Rendered<string> => {
    const compiled = compileTarget('cache/{{labels.cluster}}/{{labels.service}}');
    if (!compiled.ok) throw new Error('not compiled');
    return compiled.template.render(scope(labels));
  };

  it('takes labels as parts', () => {
    expect(target({ cluster: 'eu-1', service: '10.0.0.1:80' })).toEqual({ ok: true, value: 'cache/eu-1/10.0.0.1:80' });
  });

  it.each(['a/b', '*', '..', '.', 'a b', 'a\0', '\u202eevil', 'a\n', '?', '\ud800', 'x'.repeat(300)])(
    'lets no label name another target, all of them or none (S6): %j',
    (value) => {
      expect(target({ cluster: value, service: 's' }).ok).toBe(false);
    },
  );
});
