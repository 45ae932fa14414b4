import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drillJsonSchema, readDrill } from './read-drill.js';

const GOOD = `apiVersion: firebreak/v1
kind: Drill
metadata: { name: slow, title: Slow, owner: team-a }
spec:
  target: traffic/shop
  prometheus: { url: 'http://prometheus:9090' }
  inject: { latency: 500ms, for: 30s, http: { url: 'http://center-a:8081/' } }
  expect: { runbook: cut-over-center, recovery: 12s }
  slo:
    - { name: errors, query: errors, is: '< 0.005' }
`;

/** What is said of the file with one text in place of another. */
function mistakes(text: string, instead: string): string[] {
  expect(GOOD).toContain(text);
  const read = readDrill('d.yaml', GOOD.replace(text, instead));
  return read.ok ? [] : read.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe("a drill's file", () => {
  it('is read with what holds when nothing else is said', () => {
    const read = readDrill('d.yaml', GOOD);
    expect(read).toMatchObject({
      ok: true,
      drill: {
        spec: {
          inject: { latency: 500, for: 30_000 },
          expect: { runbook: 'cut-over-center', recovery: 12_000, within: 30_000 },
          slo: [{ name: 'errors', is: { text: '< 0.005' }, samples: 5 }],
          abortIf: [],
          steady: 10_000,
          every: 1_000,
          settle: 5_000,
        },
      },
    });
  });

  it.each([
    ['an unknown key', 'latency: 500ms', 'latensy: 500ms', /^7: .*"latensy": did you mean "latency"\?/],
    [
      'two faults',
      'latency: 500ms',
      'latency: 500ms, kill: true',
      /^7: .*exactly one of latency, kill, errors; there are/,
    ],
    ['no fault', 'latency: 500ms, ', '', /^7: .*exactly one of latency, kill, errors; there is none/],
    [
      'two ways',
      ', http: {',
      ', chaosMesh: { namespace: a, pods: { app: b } }, http: {',
      /^7: .*exactly one of http, haproxy, chaosMesh/,
    ],
    ['no end', 'for: 30s, ', '', /^7: .*for: missing/],
    ['an end far away', 'for: 30s', 'for: 2h', /^7: .*for: must be at most 1h/],
    ['an empty target', 'target: traffic/shop', "target: ''", /^5: .*must not be empty/],
    ['a wildcard as target', 'target: traffic/shop', "target: 'traffic/*'", /^5: .*without a wildcard/],
    [
      'a template as target',
      'target: traffic/shop',
      "target: 'traffic/{{labels.service}}'",
      /^5: .*without a wildcard or a template/,
    ],
    ['a secret in an address', 'http://center-a', 'http://me:secret@center-a', /^7: .*must hold no name or password/],
    [
      'no SLO',
      "\n    - { name: errors, query: errors, is: '< 0.005' }",
      ' []',
      /^9: .*without an SLO every drill would pass/,
    ],
    ['no comparison', "'< 0.005'", "'0.005'", /^10: .*must be a comparison/],
    [
      'an SLO that no sample is needed for',
      "is: '< 0.005'",
      "is: '< 0.005', samples: 0",
      /^10: .*samples: must be at least 1/,
    ],
    [
      'nobody to act, and no proof that the fault was felt',
      'cut-over-center, recovery: 12s',
      'none',
      /^8: .*needs `felt`/,
    ],
    [
      'HAProxy to make somebody slow',
      "http: { url: 'http://center-a:8081/' }",
      'haproxy: { runtime: h:9999, server: centers/a, address: a:80 }',
      /^7: .*can only kill/,
    ],
    [
      'all servers of HAProxy',
      "latency: 500ms, for: 30s, http: { url: 'http://center-a:8081/' }",
      "kill: true, for: 30s, haproxy: { runtime: h:9999, server: 'centers/*', address: a:80 }",
      /^7: .*of one server/,
    ],
    [
      'all pods',
      "http: { url: 'http://center-a:8081/' }",
      'chaosMesh: { namespace: shop, pods: {} }',
      /^7: .*an empty selector never means "all"/,
    ],
    [
      'a wildcard among labels',
      "http: { url: 'http://center-a:8081/' }",
      "chaosMesh: { namespace: shop, pods: { app: '*' } }",
      /^7: .*without a wildcard/,
    ],
    [
      'a share of answers through Chaos Mesh',
      "latency: 500ms, for: 30s, http: { url: 'http://center-a:8081/' }",
      'errors: 0.5, for: 30s, chaosMesh: { namespace: shop, pods: { app: a }, port: 80 }',
      /^7: .*must be 1 with chaosMesh/,
    ],
    ['far too many samples', 'expect:', 'every: 100ms\n  steady: 1h\n  expect:', /^8: .*more than 2000 samples/],
    [
      'a recovery that the end of the fault would bring',
      'recovery: 12s',
      'recovery: 30s',
      /^8: .*recovery: must be shorter than inject.for/,
    ],
    [
      'more samples than are taken',
      "is: '< 0.005'",
      "is: '< 0.005', samples: 25",
      /^10: .*only 24 samples are taken .*it could never pass/,
    ],
    ['another kind', 'kind: Drill', 'kind: Dril', /^2: kind: must be "Drill"/],
  ])('A6: refuses %s, and says where', (_, text, instead, said) => {
    const found = mistakes(text, instead);
    expect(found.filter((one) => said.test(one))).toHaveLength(1);
  });

  it.each(readdirSync('deploy/drills'))('A6: %s, which is shipped, is right', (file) => {
    expect(readDrill(file, readFileSync(`deploy/drills/${file}`, 'utf8'))).toMatchObject({ ok: true });
  });

  it('A6: every example of docs/drills.md is right', () => {
    const page = readFileSync('docs/drills.md', 'utf8');
    const examples = [...page.matchAll(/```yaml\n(apiVersion: firebreak\/v1\nkind: Drill\n.*?)```/gs)].map(
      ([, text = '']) => text,
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples) expect(readDrill('docs/drills.md', text)).toMatchObject({ ok: true });
  });

  it('has a JSON schema that knows the same keys', () => {
    expect(JSON.stringify(drillJsonSchema())).toMatch(/"latency".*"haproxy".*"abortIf"/);
  });
});
