import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctor } from './doctor.js';
import { runDoctor } from './run-doctor.js';

describe('firebreak doctor', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'firebreak-doctor-'));
    mkdirSync(file('rules'));
    writeFileSync(
      file('prometheus.yml'),
      'rule_files: [rules/*.yml, none.yml]\nscrape_configs: [{ job_name: centers, scrape_interval: 5s, scrape_timeout: 3s }]',
    );
    writeFileSync(
      file('rules/centers.yml'),
      `groups: [{ name: dr, interval: 5s, rules: [{ alert: CenterDown, expr: 'up{job="centers"} == 0', labels: { runbook: cut-over-center } }] }]`,
    );
    writeFileSync(
      file('alertmanager.yml'),
      `route: { receiver: fb, group_wait: 0s }\nreceivers: [{ name: fb, webhook_configs: [{ url: 'http://fb/api/v1/alert/trigger' }] }]`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (...args: readonly string[]): Promise<{ code: number; said: string }> => {
    const lines: string[] = [];
    const code = await runDoctor(args, (line) => lines.push(line));
    return { code, said: lines.join('\n') };
  };
  const files = (): readonly string[] => [
    '--prometheus',
    file('prometheus.yml'),
    '--alertmanager',
    file('alertmanager.yml'),
  ];

  it('prints a table with the bound: 5 + 5 + 0.05, and 3 more when the target hangs', async () => {
    const text = await doctor({ prometheus: file('prometheus.yml'), alertmanager: file('alertmanager.yml') });
    const [heading, row] = text.split('\n');
    expect(heading?.split(/ {2,}/).join('|')).toBe(
      'alert|runbook|via|scrape|eval|for|group_wait|at most|if it hangs|costs most|next incident',
    );
    expect(row?.split(/ {2,}/).join('|')).toBe(
      'CenterDown|cut-over-center|alertmanager|5s|5s|0s|0s|10.05 s|13.05 s|scrape_interval 5s|310.05 s',
    );
    expect(text).toContain('rule_files: none.yml matches no file.');
  });

  it('asks the catalogue for the runbooks', async () => {
    const text = await doctor({
      prometheus: file('prometheus.yml'),
      alertmanager: file('alertmanager.yml'),
      alerts: (labels) => [`for-${labels['alertname']}`],
    });
    expect(text).toContain('for-CenterDown');
  });

  it('passes or fails by a limit', async () => {
    expect((await run(...files(), '--within', '14s')).code).toBe(0);
    const { code, said } = await run(...files(), '--within', '12s');
    expect(code).toBe(1);
    expect(said).toContain('CenterDown may take 13.05 s, more than 12 s.');
  });

  it('passes or fails by the alerts that are named', async () => {
    expect((await run(...files(), '--within', '14s', '--alert', 'CenterDown')).code).toBe(0);
    expect((await run(...files(), '--within', '12s', '--alert', 'CenterDown')).code).toBe(1);
    const { code, said } = await run(...files(), '--within', '14s', '--alert', 'CentreDown');
    expect(code).toBe(1);
    expect(said).toContain('CentreDown: no such alert reaches Firebreak.');
  });

  it('says what is wrong with options and files', async () => {
    expect(await run('--prometheus', 'x')).toMatchObject({
      code: 64,
      said: expect.stringContaining('Both --prometheus'),
    });
    expect((await run(...files(), '--within', 'soon')).code).toBe(64);
    expect((await run('--nonsense')).code).toBe(64);
    expect((await run('--help')).code).toBe(0);
    const missing = await run('--prometheus', file('no.yml'), '--alertmanager', file('alertmanager.yml'));
    expect(missing).toMatchObject({ code: 1, said: expect.stringContaining('no.yml') });
  });
});

describe('the files in deploy/', () => {
  it('tell Firebreak of a dead centre within 6 s, and within 3 s on the direct path', async () => {
    const lines: string[] = [];
    const check = (config: string, within: string): Promise<number> =>
      runDoctor(
        [
          '--prometheus',
          `deploy/prometheus/${config}`,
          '--alertmanager',
          'deploy/alertmanager/alertmanager.yml',
          '--within',
          within,
          '--alert',
          'CenterDown',
        ],
        (line) => lines.push(line),
      );
    expect(await check('prometheus.yml', '6s'), lines.join('\n')).toBe(0);
    expect(await check('prometheus-direct.yml', '3s'), lines.join('\n')).toBe(0);
  });
});
