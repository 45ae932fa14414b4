import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtProgram } from '../rig/project.js';
import { runbookFile, startApi, tokenOf, type ApiApp } from './api-app.js';

const RUNBOOKS = {
  careful: runbookFile('careful'),
  leased: runbookFile('leased', '  lease: 30m', 'auto'),
};

const TOPOLOGY = `
apiVersion: firebreak/v1
kind: Topology
regions: { north: { title: North } }
centers: { a: { region: north, vendor: v1, role: serving, capacity: 1000 } }
`;

interface Left {
  readonly code: number;
  readonly out: string;
  readonly complaint: string;
}

describe('the command line', () => {
  let api: ApiApp;
  let url: string;
  beforeAll(async () => {
    api = await startApi({ runbooks: RUNBOOKS, topology: TOPOLOGY });
    await api.nest.listen(0, '127.0.0.1');
    url = await api.nest.getUrl();
  });
  afterAll(() => api.close());

  const firebreak = (args: readonly string[], env: Record<string, string> = {}): Promise<Left> =>
    new Promise((resolve) => {
      const FIREBREAK_TOKEN = tokenOf('approver');
      const settings = { env: { ...process.env, FIREBREAK_URL: url, FIREBREAK_TOKEN, ...env } };
      execFile(process.execPath, [builtProgram('src/cli/main.js'), ...args], settings, (error, out, complaint) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, complaint }),
      );
    });

  async function opened(runbook: string, service: string, more: object = {}): Promise<string> {
    const alert = {
      status: 'firing',
      labels: { alertname: 'CenterDown', service, runbook, ...more },
      annotations: {},
      startsAt: new Date(api.clock.now()).toISOString(),
    };
    const { json } = await api.send('POST', '/api/v1/alert/trigger', 'source', { version: '4', alerts: [alert] });
    await api.clock.pass(10);
    return json.alerts[0].decisions[0].executionId;
  }

  it('shows a plan, approves exactly that one, and tells what came of it', async () => {
    const id = await opened('careful', 'shop');
    const asked = await firebreak(['approve', id]);
    expect(asked.out).toContain('shop value: "" -> "b"\n    taken back: shop value: "b" -> ""');
    expect(asked.out).toMatch(/Nothing was approved[^]*firebreak approve x\S+ --digest [0-9a-f]{64}\n$/);
    expect([asked.code, api.target.writes]).toEqual([1, []]);
    const [, ...command] = asked.out.trim().split('\n').at(-1)?.trim().split(' ') ?? [];
    const approved = await firebreak([...command, '--reason', 'looks right']);
    expect([approved.code, approved.complaint]).toEqual([0, '']);
    expect(approved.out).toMatch(/^approved: x\S+: /);
    await api.clock.pass(10);
    const shown = await firebreak(['executions', id]);
    expect(shown.out).toMatch(/^phase {6}closed: succeeded$/m);
    expect(shown.out).toMatch(/^ {2}approver {2}2026-11-01T12:00:00Z \(.+\) {2}looks right$/m);
    expect((await firebreak(['executions', '--runbook', 'careful'])).out).toMatch(
      /^OPENED +ID +PHASE +RUNBOOK +TARGET\n2026-11-01T12:00:00Z .+ succeeded {2}careful +traffic\/shop$/m,
    );
  });

  it('writes a record for a repository as it is', async () => {
    const id = await opened('careful', 'pay');
    const { out, code } = await firebreak(['executions', 'export', id]);
    expect([code, parse(out).metadata]).toMatchObject([0, { name: id, runbook: 'careful' }]);
    expect(out).toBe((await api.send('GET', `/api/v1/executions/${id}/export`, 'viewer')).text);
    const { out: rejected } = await firebreak(['reject', id, '--reason', 'not now']);
    expect(rejected).toBe(`${id}: closed, rejected: rejected by approver: not now\n`);
    expect((await firebreak(['approve', id])).complaint).toMatch(
      /^firebreak: there is nothing to approve: x\S+: closed/,
    );
  });

  it('lists leases, and takes back by hand', async () => {
    await api.clock.pass(600_000);
    const id = await opened('leased', 'pay', { pod: '7' });
    expect((await firebreak(['leases'])).out).toMatch(
      new RegExp(`^2026-11-01T12:40:00Z .* ${id} +leased +team-a +traffic/pay +alert CenterDown$`, 'm'),
    );
    expect((await firebreak(['revert', id, '--reason', 'enough'])).out).toBe(
      `${id}: reverting: asked by approver: enough\n`,
    );
    await api.clock.pass(10);
    expect((await firebreak(['leases'])).out).toBe('no leases: nothing is in force for a time only\n');
  });

  it('shows runbooks with their figures, storms and centres', async () => {
    expect((await firebreak(['runbooks'])).out).toMatch(/^careful +approve +\d+ .* team-a +Switch careful over$/m);
    expect((await firebreak(['runbooks', 'leased'])).out).toMatch(/^mode +auto$/m);
    expect((await firebreak(['storms'])).out).toBe('no storms\n');
    expect((await firebreak(['centers', 'set', 'a', '--serving', 'false', '--reason', 'works'])).code).toBe(0);
    expect((await firebreak(['centers'])).out).toMatch(
      /^a +out of service +person:approver +\S+ ago +north +serving +1000 +never$/m,
    );
    expect((await firebreak(['topology'])).out).toMatch(
      /^ {2}a +north +v1 +serving +1000 +taken out \S+ ago \(person:approver\) +- +- +never +never$/m,
    );
  });

  it('S8: what others wrote neither steers the terminal nor begins a line', async () => {
    await opened('careful', 'shop', { note: 'a\u001b[2Jb\nPLAN x\u202e' });
    await api.clock.pass(700_000);
    const id = await opened('careful', 'shop', { note: 'a\u001b[2Jb\nPLAN x\u202e' });
    const { out } = await firebreak(['executions', id]);
    expect(['\u001b', '\u202e'].filter((mark) => out.includes(mark))).toEqual([]);
    expect(out).not.toMatch(/^PLAN/m);
    expect(out).toContain('note="a\\u001b[2Jb');
  });

  it('S8: shows who looks after an execution, and their reason in one line', async () => {
    const id = await opened('careful', 'pay');
    expect((await firebreak(['executions', id])).out).not.toMatch(/^taken/m);
    expect(await firebreak(['take', id, '--reason', 'on it\nPLAN \u001b[2J'])).toMatchObject({
      code: 0,
      complaint: '',
    });
    const { out } = await firebreak(['executions', id]);
    expect(out).toMatch(
      /^taken +approver looks after it \(on it.*\) since \S+Z \(.*; reminders that it is held rest until/m,
    );
    expect(out).not.toMatch(/^PLAN/m);
    expect(out).not.toContain('\u001b');
  });

  it.each([
    [['approve'], 'the id of an execution is missing'],
    [['approve', 'x', 'y'], '"y" is too much'],
    [['approve', 'x', '--digets', 'd'], "unknown option '--digets'"],
    [['approve', 'x', '--digest', ''], '--digest is empty'],
    [['revert', 'x'], '--reason is missing'],
    [['centers', 'set', 'a', '--serving', 'no', '--reason', 'r'], '--serving is true or false, not "no"'],
    [['storms', 'start'], '"start" is not known here'],
    [['executions', 'export'], 'the id of an execution is missing'],
  ])('%j is wrong use: it says why and how', async (args, why) => {
    const { code, out, complaint } = await firebreak(args);
    expect([code, out]).toEqual([64, '']);
    expect(complaint.split('\n')[0]).toBe(`firebreak: ${why}`);
    expect(complaint).toContain(`\n  firebreak ${args[0]} `);
  });

  it('an unknown command is wrong use', async () => {
    const { code, complaint } = await firebreak(['aprove']);
    expect([code, complaint]).toEqual([64, 'firebreak: there is no command "aprove"; firebreak --help lists them\n']);
  });

  it.each([
    ['an error of the service', ['executions', 'x9'], {}, 1, /^firebreak: There is no such thing: .* \(not-found\)\n$/],
    ['a wrong token', ['leases'], { FIREBREAK_TOKEN: 'wrong' }, 1, /put the token into FIREBREAK_TOKEN .*\n$/],
    ['nobody there', ['leases'], { FIREBREAK_URL: 'http://127.0.0.1:1' }, 69, /cannot be asked: .*ECONNREFUSED.*\n$/],
    ['no address', ['leases'], { FIREBREAK_URL: 'nonsense' }, 69, /^firebreak: nonsense cannot be asked: .*\n$/],
  ])('%s is one sentence', async (_what, args, env, exit, sentence) => {
    const { code, out, complaint } = await firebreak(args, env);
    expect([code, out]).toEqual([exit, '']);
    expect(complaint).toMatch(sentence);
    expect(complaint.trim().split('\n')).toHaveLength(1);
  });

  it('help names every command, and each has its own', async () => {
    const { code, out } = await firebreak(['--help']);
    const names = [...out.matchAll(/^ {2}firebreak (\S+)/gm)].map(([, name]) => name ?? '');
    expect([code, names]).toEqual([0, expect.arrayContaining(['serve', 'executions', 'approve', 'leases', 'pause'])]);
    expect((await firebreak(['approve', '--help'])).out).toMatch(/^ {2}firebreak approve <id>/);
  });
});
