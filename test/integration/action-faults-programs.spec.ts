import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import isolateEndpoint from '../../plugins/isolate-endpoint/index.js';
import throttle from '../../plugins/throttle/index.js';
import { limitFile, startLimitedNginx, type LimitedNginx } from '../rig/limited-nginx.js';
import { namespacesWork } from '../rig/namespaces.js';
import { tried } from '../rig/one-step.js';
import { FIRST, startFirewall, type RigFirewall } from './nftables-kit.js';

const UNTOUCHED = /^failed: no plan, nothing was touched: only: /;
const TAKEN_BACK = /^failed: taken back because a step failed: /;

const log = { info: () => {}, warn: () => {} };

describe('throttle/nginx, when nginx or what tells it fails', () => {
  let nginx: LimitedNginx;
  beforeAll(async () => {
    nginx = await startLimitedNginx(100);
  });
  afterAll(() => nginx?.stop());
  beforeEach(() => nginx.reset(100));

  const run = (differs: object = {}) => {
    const settings = { ...nginx.settings, timeout: '900ms', takes: '500ms', ...differs };
    return tried(throttle.instantiate({ nginx: settings }, log), 'nginx', { name: 'shop', limit: 20 });
  };
  const isAt = async (rate: number) =>
    expect([await nginx.says(), readFileSync(nginx.file, 'utf8')]).toEqual([String(rate), limitFile(rate)]);
  const sh = (script: string) => ['/bin/sh', '-c', script];
  const asking = (ask: string) => ({ limits: { shop: { ...nginx.settings.limits.shop, ask } } });

  it('is sound: with a nginx that is well it succeeds with a change', async () => {
    expect(await run()).toMatch(/^succeeded/);
    await isAt(20);
  });

  it('down: nothing is touched', async () => {
    const end = await run(asking('http://127.0.0.1:1/limit'));
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/nginx can't be reached: ECONNREFUSED/);
    await isAt(100);
  });

  it('answering rubbish: nothing is touched, and the words say what its location needs', async () => {
    const end = await run(asking(`http://127.0.0.1:${nginx.port}/shop`));
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/its location needs return 200 \$firebreak_shop/);
    await isAt(100);
  });

  it('its file not there: nothing is made in its place', async () => {
    renameSync(nginx.file, join(nginx.folder, 'away.conf'));
    const end = await run();
    renameSync(join(nginx.folder, 'away.conf'), nginx.file);
    expect(end).toMatch(UNTOUCHED);
    expect(end).toContain(`${nginx.file} is not there`);
    await isAt(100);
  });

  it('its file holding rubbish: it stays as it is', async () => {
    writeFileSync(nginx.file, 'rubbish');
    expect(await run()).toMatch(UNTOUCHED);
    expect(readFileSync(nginx.file, 'utf8')).toBe('rubbish');
    writeFileSync(nginx.file, limitFile(100));
  });

  it.each([
    ['a test that is missing', { test: ['/no/such/nginx'] }, /the test of nginx can't be run: ENOENT/],
    ['a test that hangs', { test: sh('sleep 60') }, /the test of nginx did not end within 900 ms/],
    ['a test that says no', { test: sh('echo "emerg: line 7" >&2; exit 1') }, /ended with 1: emerg: line 7/],
    ['a reload that is missing', { reload: ['/no/such/nginx'] }, /the reload of nginx can't be run: ENOENT/],
    ['a reload that is not allowed', { reload: sh('echo "kill: EPERM" >&2; exit 1') }, /ended with 1: kill: EPERM/],
    ['a reload that does nothing', { reload: sh('true') }, /does not go by 20 r\/s 500 ms later: see its error log/],
    ['a process id that is none', { reload: { pid: '/dev/null' } }, /has no process id in it: does nginx run\?/],
  ])('%s: the old limit stays in force and in the file', async (_, differs, words) => {
    const end = await run(differs);
    expect(end).toMatch(TAKEN_BACK);
    expect(end).toMatch(words);
    await isAt(100);
  });

  it('I4: a reload that is made and never says so: what is in force and what the file says are one', async () => {
    const end = await run({ reload: sh(`${nginx.settings.reload.join(' ')} && exec sleep 60`) });
    expect(end).toMatch(/^(succeeded|failed: taken back)/);
    await nginx.reset(end.startsWith('succeeded') ? 20 : 100);
    await isAt(end.startsWith('succeeded') ? 20 : 100);
  });
});

describe.skipIf(!(await namespacesWork()))('isolate-endpoint/nftables, when nft fails', () => {
  let firewall: RigFirewall;
  beforeAll(async () => {
    firewall = await startFirewall();
  });
  afterAll(() => firewall?.stop());
  beforeEach(async () => {
    firewall.fail('none');
    await firewall.flush();
  });

  const run = (argv = firewall.command) => {
    const edge = { command: argv, table: 'firebreak', sets: { ipv4: 'isolated4' } };
    const pools = { shop: { addresses: ['10.99.0.1', '10.99.0.2', '10.99.0.3'] } };
    const settings = { nftables: { firewalls: { edge }, pools, timeout: '900ms' } };
    return tried(isolateEndpoint.instantiate(settings, log), 'nftables', FIRST);
  };

  it('is sound: with a nft that is well it succeeds with a change', async () => {
    expect(await run()).toMatch(/^succeeded/);
    expect(await firewall.elements()).toHaveLength(1);
  });

  it('missing: nothing is touched', async () => {
    const end = await run(['/no/such/nft']);
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(/can't be run: ENOENT/);
  });

  it.each([
    ['silent', /did not end within 900 ms/],
    ['rubbish', /answered something that is no set/],
    ['no-rights', /[Oo]peration not permitted/],
  ] as const)('%s: nothing is touched', async (fault, words) => {
    firewall.fail(fault);
    const end = await run();
    expect(end).toMatch(UNTOUCHED);
    expect(end).toMatch(words);
    firewall.fail('none');
    expect(await firewall.elements()).toEqual([]);
  });

  it('I4: acting and never saying so: it is asked, not told again', async () => {
    const before = firewall.writes();
    firewall.fail('answer-lost');
    expect(await run()).toMatch(/^succeeded/);
    expect(firewall.writes() - before).toBe(1);
    expect(await firewall.elements()).toHaveLength(1);
  });
});
