import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Names } from '../catalog/names.js';
import { checkNotify } from './notify.js';
import { readSettingsFile, type SettingsFile } from './settings-file.js';

const names: Names = {
  actions: new Map(),
  probes: new Map(),
  notifiers: new Set(['slack/oncall', 'email/team']),
  unconfigured: new Set(['webhook']),
};

function read(text: string): SettingsFile {
  const cwd = mkdtempSync(join(tmpdir(), 'firebreak-notify-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'firebreak.yaml'), text);
  const file = readSettingsFile(undefined, {}, cwd);
  return { ...file, problems: file.problems.map((one) => one.replace(/^.*firebreak\.yaml/, 'firebreak.yaml')) };
}

describe('notify in firebreak.yaml', () => {
  it('says nothing, and then nobody is routed to and held executions are told again every quarter of an hour', () => {
    expect(read('{}').notify).toMatchObject({
      routes: [],
      repeatHeldMs: 900_000,
      takenForMs: 7_200_000,
      templates: {},
    });
  });

  it('is right as docs/operations.md shows it', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, shown = ''] = /```yaml\n(notify:\n[^]*?)```/.exec(page) ?? [];
    const { problems, notify } = read(shown);
    expect(problems).toEqual([]);
    expect(notify.routes.length).toBeGreaterThan(1);
    expect(Object.keys(notify.templates).length).toBeGreaterThan(0);
  });

  it('takes one or several of everything', () => {
    const { problems, notify } = read('notify: { routes: [{ match: { event: held, owner: [a, b] }, to: [x/y] }] }');
    expect(problems).toEqual([]);
    expect(notify.routes).toEqual([{ match: { event: ['held'], owner: ['a', 'b'] }, to: ['x/y'], continue: false }]);
  });

  it('is refused with every mistake at once, each in its place', () => {
    const { problems } = read(
      [
        'notify:',
        '  repeatHeld: 1m',
        '  routes:',
        '    - { match: { sevrity: x }, to: [] }',
        '    - { to: [oncall] }',
        '  templates:',
        '    held: { title: "{{labels}}", text: "{{#if labels.x}}y{{/if}}" }',
        '    helt: {}',
      ].join('\n'),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^firebreak.yaml:4:\d+: notify.routes\[0\].to: /),
      expect.stringMatching(/^firebreak.yaml:5:\d+: notify.routes\[1\].to\[0\]: must be written <plugin>\/<name>/),
      'firebreak.yaml:2:15: notify.repeatHeld: must be at least 5m',
      expect.stringMatching(/^firebreak.yaml:7:\d+: notify.templates.held.title: "labels" is not a single value/),
      expect.stringMatching(/^firebreak.yaml:7:\d+: notify.templates.held.text: only {{value}} is allowed here/),
      expect.stringMatching(/^firebreak.yaml:4:\d+: .*unknown key "sevrity": did you mean "severity"\?/),
      expect.stringMatching(/^firebreak.yaml:8:\d+: .*unknown key "helt": did you mean "held"\?/),
    ]);
  });

  it('refuses notifiers that are not there, all at once and with what was probably meant', () => {
    const { notify } = read('notify:\n  routes:\n    - to: [slack/oncal, email/team]\n    - to: [webhook/x, sms/y]\n');
    const found = checkNotify(notify, names).map((one) => one.replace(/^.*firebreak\.yaml/, 'firebreak.yaml'));
    expect(found).toEqual([
      'firebreak.yaml:3:12: notify.routes[0].to[0]: unknown notifier "slack/oncal": did you mean "slack/oncall"? known: email/team, slack/oncall',
      'firebreak.yaml:4:12: notify.routes[1].to[0]: the plugin of "webhook/x" is not configured: give it its settings under plugins',
      expect.stringMatching(/^firebreak.yaml:4:23: notify.routes\[1\].to\[1\]: unknown notifier "sms\/y"; known: /),
    ]);
  });
});
