import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOfSecret, isDamagedSecret } from '../access/tokens/token-secret.js';
import { loadConfig } from '../config.js';
import { WrongUse } from './command.js';
import { run } from './token.js';

describe('firebreak token new', () => {
  let cwd: string;
  beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'firebreak-token-'))));
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  async function told(...args: string[]): Promise<string> {
    const lines: string[] = [];
    expect(await run(['new', ...args], (line) => lines.push(line))).toBe(0);
    return lines.join('\n');
  }
  const entryIn = (text: string): string => /^ {2}tokens:\n(?: {4}.*\n)+/m.exec(text)?.[0] ?? '';

  it('prints a secret, and an entry that can be taken as it is', async () => {
    const scope = ['--runbook', 'cut-*', '--target', 'dns/*', '--until', '2099-01-31T00:00:00+01:00'];
    const text = await told('ann', '--role', 'approver', '--role', 'sre,viewer', ...scope);
    const secrets = text.match(/fb_\w+/g) ?? [];
    expect(secrets).toHaveLength(1);
    const [secret = ''] = secrets;
    expect(isDamagedSecret(secret)).toBe(false);
    writeFileSync(join(cwd, 'firebreak.yaml'), entryIn(text));
    const loaded = loadConfig({}, cwd);
    expect(loaded.ok ? loaded.config.tokens : loaded.problems).toEqual([
      {
        name: 'ann',
        roles: ['approver', 'sre', 'viewer'],
        runbooks: ['cut-*'],
        targets: ['dns/*'],
        until: Date.parse('2099-01-30T23:00:00Z'),
        sha256: hashOfSecret(secret),
      },
    ]);
  });

  it('makes another one each time, and says that one without a role may do nothing', async () => {
    const [one, other] = [await told('ann'), await told('ann')];
    expect(one.match(/fb_\w+/)?.[0]).not.toBe(other.match(/fb_\w+/)?.[0]);
    expect(one).toContain('It has no role and may do nothing yet');
    expect(entryIn(one)).not.toContain('roles');
  });

  it.each([
    [['grafana'], 'is the name of a source of alerts'],
    [['Ann'], 'must be a short name'],
    [['ann', '--role', 'aprover'], 'did you mean "approver"?'],
    [['ann', '--until', 'tomorrow'], 'must be an instant such as'],
    [['ann', '--until', '2020-01-01T00:00:00Z'], 'is over already'],
    [['ann', '--runbook', ''], '--runbook is empty'],
    [['ann', 'bob'], 'is too much'],
    [[], 'a name for the token is missing'],
  ])('makes none that firebreak.yaml would not take: %j', async (args, why) => {
    const made = told(...args);
    await expect(made).rejects.toThrow(why);
    await expect(made).rejects.toBeInstanceOf(WrongUse);
  });
});
