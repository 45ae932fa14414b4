import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHaproxy, type RigHaproxy } from '../rig/haproxy.js';
import { freePort, removeFolder, rigFolder } from '../rig/processes.js';
import { builtProgram, projectRoot, writeInto } from '../rig/project.js';

const example = join(projectRoot, 'runbooks/examples/cut-over-center.alert.json');

describe('firebreak try', () => {
  const folder = rigFolder('try');
  let haproxy: RigHaproxy;
  beforeAll(async () => {
    haproxy = await startHaproxy({ a: '127.0.0.1:1', b: '127.0.0.1:1' });
    settings(haproxy.admin);
  });
  afterAll(async () => {
    await haproxy?.stop();
    removeFolder(folder);
  });

  const settings = (endpoint: string): void => {
    const plugins = { 'cut-over-center': { endpoint, timeout: '500ms' }, prometheus: { url: 'http://127.0.0.1:1' } };
    writeInto(folder, 'firebreak.yaml', JSON.stringify({ plugins }));
  };
  const tried = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [builtProgram('src/cli/main.js'), 'try', ...args], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 90_000,
      env: {
        PATH: process.env['PATH'] ?? '',
        FIREBREAK_RUNBOOKS: join(projectRoot, 'runbooks'),
        FIREBREAK_TOPOLOGY: join(projectRoot, 'topology.yaml'),
      },
    });
    return { status, stdout, stderr };
  };
  /** Name, address, state and weights; how long ago that changed is not among them. */
  const servers = async () => {
    const rows = (await haproxy.tell('show servers state centers')).split('\n').slice(2);
    return rows.map((row) => row.split(' ').slice(3, 9));
  };

  it('shows what a runbook would do, with the plan that an approver reads, and changes nothing', async () => {
    const before = await servers();
    const { status, stdout } = tried('cut-over-center', '--alert', example);
    expect(stdout).toContain('cut-over-center (auto) answers it; it would act on traffic/shop:');
    expect(stdout).toMatch(/^plan with digest [0-9a-f]{64}$/m);
    expect(stdout).toContain('haproxy/centers/a state: "ready" -> "maint"');
    expect(stdout).toContain('taken back: haproxy/centers/a state: "maint" -> "ready"');
    expect(stdout).toMatch(/^it would begin by itself, and be judged by prometheus\/query/m);
    expect(status).toBe(0);
    expect(await servers()).toEqual(before);
  });

  it('takes the body of a webhook as well, however old its alerts are', () => {
    const labels = { alertname: 'CenterDown', center: 'a', service: 'shop' };
    const alert = { status: 'firing', labels, annotations: {}, startsAt: '2020-01-01T00:00:00Z' };
    const body = writeInto(folder, 'body.json', JSON.stringify({ version: '4', alerts: [alert] }));
    expect(tried('cut-over-center', '--alert', body)).toMatchObject({ status: 0 });
  });

  it('says which matcher fails, and why a runbook would do nothing', () => {
    const other = writeInto(folder, 'other.json', '{"labels":{"alertname":"CenterUp","center":"a","service":"shop"}}');
    const missed = tried('cut-over-center', '--alert', other);
    expect(missed.stdout).toContain('alertname="CenterUp" does not satisfy alertname="CenterDown"');
    const alone = writeInto(
      folder,
      'alone.json',
      '{"labels":{"alertname":"CenterDown","center":"e","service":"shop"}}',
    );
    const refused = tried('cut-over-center', '--alert', alone);
    expect(refused.stdout).toContain('would do nothing: ');
    expect(refused.stdout).toContain('topology.center.standby is missing');
    expect([missed.status, refused.status]).toEqual([1, 1]);
  });

  it('says what is wrong with a name, a file or a plugin without settings', () => {
    const broken = writeInto(folder, 'broken.json', '{"labels":');
    expect(tried('cut-over-centre', '--alert', example).stderr).toContain('did you mean "cut-over-center"?');
    expect(tried('cut-over-center', '--alert', broken).stderr).toContain('broken.json cannot be used');
    expect(tried('cut-over-center', '--alert', writeInto(folder, 'no.json', '{}')).stderr).toContain('holds no alert');
    expect(tried('cut-over-center').stderr).toContain('--alert with a file is missing');
    expect(tried('throttle-service', '--alert', example).stderr).toContain('configure plugins.throttle');
  });

  it('says that the target cannot be asked', async () => {
    settings(`127.0.0.1:${await freePort()}`);
    const { status, stdout } = tried('cut-over-center', '--alert', example);
    settings(haproxy.admin);
    expect(stdout).toMatch(/^no plan can be made: cut-over: .*ECONNREFUSED/m);
    expect(status).toBe(1);
  });
});
