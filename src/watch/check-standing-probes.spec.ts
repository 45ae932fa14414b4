import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config.js';
import { openCatalog } from '../start/open-catalog.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'firebreak-standing-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(
    join(cwd, 'topology.yaml'),
    `apiVersion: firebreak/v1
kind: Topology
regions: { r: {} }
centers:
  a: { region: r, vendor: v, role: serving, capacity: 100 }
  b: { region: r, vendor: v, role: standby, capacity: 100 }
`,
  );
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const PLUGINS = `plugins:
  cut-over-center:
    { health: { centers: { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' } }, readiness: { prometheus: 'http://p' } }
`;

/** What somebody hears who starts Firebreak with these settings: the problems, or nothing and the warnings. */
async function open(
  probes: string,
): Promise<{ what: string; problems: readonly string[]; warnings: readonly string[] }> {
  writeFileSync(join(cwd, 'firebreak.yaml'), `${PLUGINS}probes:\n${probes}`);
  const relative = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${cwd}/`, ''));
  const loaded = loadConfig({}, cwd);
  if (!loaded.ok) return { what: 'settings', problems: relative(loaded.problems), warnings: [] };
  const opened = await openCatalog(loaded.config);
  if (!opened.ok) return { what: opened.what, problems: relative(opened.problems), warnings: [] };
  await opened.plugins.close();
  return { what: '', problems: [], warnings: opened.warnings };
}

const RIGHT = `  - { name: health, probe: cut-over-center/center-health, with: { center: '{{center.id}}' }, every: 500ms, each: centers }\n`;

describe('standing probes in firebreak.yaml', () => {
  it('are taken when they are right', async () => {
    expect(await open(RIGHT)).toMatchObject({ problems: [] });
  });

  it('are right as docs/operations.md shows them', async () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, shown = ''] = /^```yaml\nprobes:\n([^]*?)^```$/m.exec(page) ?? [];
    expect(shown).toContain('cut-over-center/readiness');
    expect(await open(shown)).toMatchObject({ problems: [] });
  });

  it('are refused with all mistakes of their shape at once, each with its place', async () => {
    const found = await open(`${RIGHT}  - { name: health, probe: prometheus, every: 10ms }
  - { name: two, probe: prometheus/query, each: center }
  - { name: three, probe: prometheus/query, each: centers, center: a, evry: 1s }
  - { name: four, probe: prometheus/query, with: { query: '{{labels.x}}', healthy: '\${LIMIT}' } }
`);
    expect(found.what).toBe('settings');
    expect(found.problems).toEqual([
      'firebreak.yaml:6:28: probes[1].probe: must be written <plugin>/<name>, such as prometheus/query',
      'firebreak.yaml:6:47: probes[1].every: must be at least 100ms',
      expect.stringMatching(/^firebreak\.yaml:7:49: probes\[2\]\.each: must be "?centers"?/),
      'firebreak.yaml:8:68: probes[3].center: says either each: centers or center: <id>, not both',
      expect.stringMatching(
        /^firebreak\.yaml:9:62: probes\[4\]\.with\.query: unknown name "labels"; allowed: center, config, topology/,
      ),
      'firebreak.yaml:8:71: unknown key "evry": did you mean "every"? allowed: center, each, every, name, probe, timeout, with',
    ]);
  });

  it('are refused when two have one name', async () => {
    const { problems } = await open(
      `${RIGHT}${RIGHT}  - { name: x, probe: prometheus/query, each: centers, center: a }\n`,
    );
    expect(problems).toEqual([
      'firebreak.yaml:7:64: probes[2].center: says either each: centers or center: <id>, not both',
      'firebreak.yaml:6:13: probes[1].name: "health" is the name of an earlier probe already',
    ]);
  });

  it('are held against the plugins and the topology, with all mistakes at once', async () => {
    const found = await open(`${RIGHT}  - { name: one, probe: cut-over-center/center-helth }
  - { name: two, probe: prometheus/query, with: { query: up, healthy: yes } }
  - { name: three, probe: cut-over-center/center-health, with: { center: c } }
  - { name: four, probe: cut-over-center/center-health, with: { center: 'x{{center.id}}' }, center: a }
  - { name: five, probe: cut-over-center/center-health, with: { center: '{{center.standby}}' }, center: b }
  - { name: six, probe: cut-over-center/center-health, with: { center: a }, center: c }
`);
    expect(found.what).toBe('standing probes');
    expect(found.problems).toEqual([
      expect.stringMatching(
        /^firebreak\.yaml:6:25: probe: unknown probe "cut-over-center\/center-helth": did you mean "cut-over-center\/center-health"\?/,
      ),
      expect.stringMatching(/^firebreak\.yaml:7:71: with\.healthy: /),
      expect.stringMatching(/^firebreak\.yaml:8:74: with\.center: /),
      expect.stringMatching(/^firebreak\.yaml:9:73: with\.center: .* \(for a\)$/),
      'firebreak.yaml:10:63: with: for b: center.standby is missing',
      'firebreak.yaml:11:85: center: unknown centre "c"; known: a, b',
    ]);
  });

  it('are named together with mistakes in the runbooks', async () => {
    writeFileSync(join(cwd, 'runbooks', 'x.yaml'), 'kind: Runbook\n');
    const { what, problems } = await open('  - { name: one, probe: nobody/knows }\n');
    expect(what).toBe('runbooks and the standing probes');
    expect(problems.length).toBeGreaterThan(1);
    expect(problems[0]).toMatch(/^firebreak\.yaml:5:25: probe: unknown probe "nobody\/knows"/);
  });

  it('that need a plugin without its configuration say so', async () => {
    writeFileSync(join(cwd, 'firebreak.yaml'), RIGHT.replace(/^/, 'probes:\n'));
    const loaded = loadConfig({}, cwd);
    const opened = loaded.ok ? await openCatalog(loaded.config) : undefined;
    expect(opened).toMatchObject({
      ok: false,
      problems: [
        expect.stringContaining(
          'probe: cut-over-center/center-health cannot be asked, because plugins.cut-over-center is not configured',
        ),
      ],
    });
  });

  it('warn when there is no centre to ask about', async () => {
    rmSync(join(cwd, 'topology.yaml'));
    expect((await open(RIGHT)).warnings).toContain(
      'standing probe health is asked for no centre: the topology has none',
    );
  });
});
