import { describe, expect, it } from 'vitest';
import { labelsFrom } from '../core/alert.js';
import type { Scope } from '../core/template.js';
import { compileJson } from './template-engine.js';

function render(query: string, service: string): unknown {
  const compiled = compileJson({ query });
  if (!compiled.ok) throw new Error('the template is wrong');
  const rendered = compiled.template.render(scopeOf(service));
  return rendered.ok ? rendered.value : rendered.detail;
}

function scopeOf(service: string): Scope {
  return {
    labels: labelsFrom({ service }),
    annotations: labelsFrom({}),
    alert: { name: '', fingerprint: '', startsAt: '', generatorURL: '' },
    params: {},
    config: {},
    topology: {},
  };
}

describe('a label in a query', () => {
  it('S5: cannot end the text that it stands in', () => {
    expect(render('up{service="{{labels.service}}"}', 'shop 1')).toEqual({ query: 'up{service="shop 1"}' });
    for (const hostile of ['x"} or vector(1) #', 'x\\', 'x\ny']) {
      expect(render('up{service="{{labels.service}}"}', hostile)).toMatch(/^labels\.service has a quotation mark/);
    }
  });

  it('S5: stands outside of quotation marks only as a name or number', () => {
    expect(render('up > {{labels.service}}', '0.85')).toEqual({ query: 'up > 0.85' });
    expect(render('up > {{labels.service}}', '1 or up')).toMatch(/neither a name nor a number/);
  });

  it('S5: is looked after under every key that plugins take queries by', () => {
    for (const key of ['query', 'load', 'takes']) {
      const compiled = compileJson({ headroom: { [key]: 'up{service="{{labels.service}}"}' } });
      expect(compiled.ok && compiled.template.render(scopeOf('x"} or up #')).ok, key).toBe(false);
    }
  });

  it('may hold anything when it is written as JSON', () => {
    expect(render('up{service={{json labels.service}} }', 'x"y')).toEqual({ query: 'up{service="x\\"y" }' });
  });
});
