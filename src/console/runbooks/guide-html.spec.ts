import { describe, expect, it } from 'vitest';
import { readGuide } from '../../catalog/guide.js';
import { labelsFrom } from '../../core/alert.js';
import type { Scope } from '../../core/template.js';
import { guideHtml } from './guide-html.js';

const scope = (labels: Record<string, string>, annotations: Record<string, string> = {}): Scope => ({
  labels: labelsFrom(labels),
  annotations: labelsFrom(annotations),
  alert: { name: 'X', fingerprint: 'f', startsAt: '2026-01-01T00:00:00.000Z', generatorURL: '' },
  params: { map: 'rates' },
  config: {},
  topology: {},
});

function html(text: string, within: Scope = scope({}), known: 'with-alert' | 'without-alert' = 'with-alert'): string {
  const read = readGuide(text);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  return guideHtml(read.guide, within, known).trim();
}

describe('the human part of a runbook', () => {
  it('is Markdown with the values of the alert, one heading below that of the page', () => {
    expect(html('# Centre {{labels.center}}\n\nSee `{{params.map}}`.', scope({ center: 'a' }))).toBe(
      '<h2>Centre a</h2>\n<p>See <code>rates</code>.</p>',
    );
  });

  it('shows what is missing by its name', () => {
    expect(html('{{labels.center}} and {{topology.center.standby}}')).toBe(
      '<p>‹center› and ‹topology.center.standby›</p>',
    );
  });

  it('says without an alert what the alert would say, also where there is something else to say', () => {
    const text = '{{labels.a}}: {{default annotations.summary "no summary"}} in {{params.map}}';
    expect(html(text, scope({ a: 'never shown' }), 'without-alert')).toBe('<p>‹a›: ‹summary› in rates</p>');
    expect(html(text, scope({ a: 'shown' }))).toBe('<p>shown: no summary in rates</p>');
  });

  it.each([
    '{{7*7}}',
    '{{constructor}}',
    '{{labels.b}}',
    '# big',
    '**bold**',
    '[x](https://evil.example)',
    '`code`',
    '![x](y)',
    '\n\n- list',
  ])('S5: never reads the text of an alert as a template or as Markdown: %j', (text) => {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    expect(html('so: {{labels.a}}.', scope({ a: text, b: 'secret' }))).toBe(`<p>so: ${escaped}.</p>`);
    expect(html('`{{labels.a}}`', scope({ a: text, b: 'secret' }))).toBe(`<p><code>${escaped}</code></p>`);
  });

  it.each(['<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '"><svg onload=alert(1)>', "' onclick='x"])(
    'S8: HTML is text, whoever wrote it: %s',
    (text) => {
      for (const made of [
        html(text),
        html('{{labels.a}}', scope({ a: text })),
        html('```\n{{labels.a}}\n```', scope({ a: text })),
        html('[x](/y "{{labels.a}}")', scope({ a: text })),
      ])
        expect(made.replace(/<a href="\/y" title="[^"<>]*">/, '')).not.toMatch(/<(?!\/?(?:p|pre|code|a)>)/);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'file:///etc/passwd',
  ])('S8: an alert cannot make a link to %j', (href) => {
    expect(html('[x]({{annotations.dashboard}})', scope({}, { dashboard: href }))).not.toContain('href');
  });

  it('S8: an alert fills in an address, and cannot leave its place in one', () => {
    const within = (value: string): Scope => scope({ a: value }, { dashboard: 'https://grafana.example/d/1?a=b' });
    expect(html('[x]({{annotations.dashboard}})', within('a'))).toBe(
      '<p><a href="https://grafana.example/d/1?a=b">x</a></p>',
    );
    expect(html('[x](https://wiki.example/{{labels.a}})', within('../?"q=1#'))).toBe(
      '<p><a href="https://wiki.example/..%2F%3F%22q%3D1%23">x</a></p>',
    );
    expect(html('[x](/executions/{{labels.a}})', within('\ud800'))).toBe(
      '<p><a href="/executions/%EF%BF%BD">x</a></p>',
    );
    expect(html('![a picture](https://wiki.example/a.png)')).toBe(
      '<p>!<a href="https://wiki.example/a.png">a picture</a></p>',
    );
  });

  it('says at which place there is a link that no page may have, or a template that cannot be read', () => {
    expect(readGuide('# One\n\n[x](javascript:alert)\n')).toEqual({
      ok: false,
      mistakes: [
        {
          message: '"javascript:alert" is no link that a page may have: only http, https and relative ones are',
          within: { line: 3, column: 5 },
        },
      ],
    });
    expect(readGuide('one\n{{secret}}')).toMatchObject({ ok: false, mistakes: [{ within: { line: 2, column: 3 } }] });
  });
});
