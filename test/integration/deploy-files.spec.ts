import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { installed } from '../rig/installed.js';
import { nginxArguments } from '../rig/nginx.js';
import { removeFolder, rigFolder } from '../rig/processes.js';
import { deployFile, writeInto } from '../rig/project.js';
import { runChecker } from '../rig/run-checker.js';

describe('deploy/firebreak/firebreak.yaml', () => {
  it('is understood by Firebreak, and lets it listen on every address', () => {
    const folder = rigFolder('settings');
    const text = deployFile('firebreak/firebreak.yaml', {
      '/run/secrets/alert-token': writeInto(folder, 'alert-token', 'alert-0123456789abcdef'),
      '/run/secrets/admin-token': writeInto(folder, 'admin-token', 'admin-0123456789abcdef'),
      '/run/secrets/viewer-token': writeInto(folder, 'viewer-token', 'viewer-0123456789abcdef'),
    });
    const FIREBREAK_CONFIG = writeInto(folder, 'firebreak.yaml', text);
    const loaded = loadConfig({ FIREBREAK_CONFIG, FIREBREAK_HOST: '0.0.0.0' }, folder);
    removeFolder(folder);
    expect(loaded).toMatchObject({
      ok: true,
      config: { tokens: [{ name: 'alert-source' }, { name: 'admin' }, { name: 'grafana-reader' }] },
    });
  });
});

describe('the files in deploy/, by the checkers of the programs that read them', () => {
  const folder = rigFolder('checks');
  afterAll(() => removeFolder(folder));
  const token = writeInto(folder, 'alert-token', 'secret');

  it.each(['', '-direct'])('promtool passes prometheus%s.yml and its rules', async (suffix) => {
    const replacements: Readonly<Record<string, string>> = suffix === '' ? {} : { '/run/secrets/alert-token': token };
    for (const name of [`centers${suffix}`, 'runbooks', 'thresholds', 'firebreak', 'records'])
      writeInto(folder, `rules/${name}.yml`, deployFile(`prometheus/rules/${name}.yml`, {}));
    const config = writeInto(
      folder,
      `prometheus${suffix}.yml`,
      deployFile(`prometheus/prometheus${suffix}.yml`, replacements),
    );
    const { code, said } = await runChecker(installed('promtool'), 'check', 'config', config);
    expect(code, said).toBe(0);
    expect(said).toContain('5 rule files found');
  });

  it('amtool passes alertmanager.yml', async () => {
    const config = writeInto(folder, 'alertmanager.yml', deployFile('alertmanager/alertmanager.yml', {}));
    const { code, said } = await runChecker(installed('amtool'), 'check-config', config);
    expect(code, said).toBe(0);
  });

  it('amtool sends an alert with a runbook to Firebreak and to people, and any other to people only', async () => {
    const config = writeInto(folder, 'alertmanager.yml', deployFile('alertmanager/alertmanager.yml', {}));
    const routes = async (...labels: readonly string[]): Promise<string> =>
      (await runChecker(installed('amtool'), 'config', 'routes', 'test', `--config.file=${config}`, ...labels)).first;
    expect(await routes('alertname=CenterDown', 'runbook=cut-over-center')).toBe('firebreak,people');
    expect(await routes('alertname=DiskFull')).toBe('people');
  });

  it('the blackbox exporter passes blackbox.yml', async () => {
    const config = writeInto(folder, 'blackbox.yml', deployFile('blackbox/blackbox.yml', {}));
    const exporter = installed('prometheus-blackbox-exporter', 'blackbox_exporter');
    const { code, said } = await runChecker(exporter, '--config.check', `--config.file=${config}`);
    expect(code, said).toBe(0);
  });

  it('haproxy passes haproxy.cfg', async () => {
    const text = deployFile('haproxy/haproxy.cfg', {
      'center-a:8080': '127.0.0.1:8081',
      'center-b:8080': '127.0.0.1:8082',
      '/usr/local/etc/haproxy/colours.map': writeInto(folder, 'colours.map', deployFile('haproxy/colours.map', {})),
    });
    const { code, said } = await runChecker(installed('haproxy'), '-c', '-f', writeInto(folder, 'haproxy.cfg', text));
    expect(code, said).toBe(0);
    expect(said).not.toContain('WARNING');
  });

  it('nginx passes nginx.conf', async () => {
    const peers = { grafana: '127.0.0.1:3001', firebreak: '127.0.0.1:9700' };
    const { code, said } = await runChecker(
      installed('nginx'),
      '-t',
      ...nginxArguments(folder, '127.0.0.1:3000', peers),
    );
    expect(code, said).toBe(0);
  });
});
