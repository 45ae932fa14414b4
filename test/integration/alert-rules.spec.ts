import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { installed } from '../rig/installed.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { deployFile, writeInto } from '../rig/project.js';
import { runChecker } from '../rig/run-checker.js';
import { alertingRules, rulesFolder } from '../rig/rule-files.js';

const filesIn = (folder: string): string[] => globSync(join(rulesFolder, folder, '*.yml')).toSorted();

describe('the rules of deploy/prometheus, by promtool', () => {
  it('are rules', async () => {
    const { code, said } = await runChecker(
      installed('promtool'),
      'check',
      'rules',
      '--lint-fatal',
      ...filesIn('rules'),
    );
    expect(code, said).toBe(0);
  });

  // Days are played second by second: that takes a while on a machine that has other things to do.
  it.each(filesIn('tests').map((file) => [basename(file), file]))(
    'do what tests/%s says',
    { timeout: 300_000 },
    async (_, file) => {
      const { code, said } = await runChecker(installed('promtool'), 'test', 'rules', file);
      expect(code, said).toBe(0);
    },
  );
});

describe('deploy/alertmanager/alertmanager.yml, by amtool', () => {
  const folder = rigFolder('routes');
  afterAll(() => removeFolder(folder));
  const config = writeInto(folder, 'alertmanager.yml', deployFile('alertmanager/alertmanager.yml', {}));
  const routeOf = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return (await runChecker(installed('amtool'), 'config', 'routes', 'test', `--config.file=${config}`, ...given))
      .first;
  };

  it('sends what starts a runbook to Firebreak and to people, and every alert on Firebreak itself to people only', async () => {
    const rules = alertingRules().filter(({ file }) => file !== 'centers-direct');
    const routes = await Promise.all(
      rules.map(async ({ alert, labels }) => [alert, await routeOf({ ...labels, alertname: alert })] as const),
    );
    const wanted = rules.map(({ alert, labels }) => [
      alert,
      labels['runbook'] === undefined ? 'people' : 'firebreak,people',
    ]);
    expect(routes).toEqual(wanted);
  });
});
