import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { verifyPassword } from '../access/local/password.js';
import { localSchema } from '../config/access/local.js';
import { localEntry, passwordFrom } from './password.js';

const LONG = 'three or four words';

class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];
  shown = '';

  setRawMode(on: boolean): this {
    this.modes.push(on);
    return this;
  }

  readonly say = (text: string): void => void (this.shown += text);
}

function typed(text: string): { terminal: Terminal; password: Promise<string> } {
  const terminal = new Terminal();
  const password = passwordFrom(terminal, terminal.say);
  terminal.write(text);
  return { terminal, password };
}

function piped(text: string): Promise<string> {
  const input = new PassThrough();
  input.end(text);
  return passwordFrom(input, () => {
    throw new Error('nobody is there to be asked');
  });
}

describe('a password', () => {
  it('is typed twice, and nothing of it is shown', async () => {
    const { terminal, password } = typed(`${LONG}\r${LONG}\r`);
    expect(await password).toBe(LONG);
    expect(terminal.shown).toBe('Password: \nOnce more: \n');
    // without echo while it is typed, and as before afterwards
    expect(terminal.modes).toEqual([true, false]);
  });

  it('is not taken when it was typed differently the second time', async () => {
    await expect(typed(`${LONG}\r${LONG}.\r`).password).rejects.toThrow('not the same');
  });

  it.each(['\u0003', `${LONG}\r\u0003`, '\u0004'])('is not taken when somebody leaves with %j', async (keys) => {
    const { terminal, password } = typed(keys);
    await expect(password).rejects.toThrow('nothing was made');
    expect(terminal.modes.at(-1)).toBe(false);
  });

  it('comes from a program once, with or without the end of the line', async () => {
    expect(await piped(`${LONG}\n`)).toBe(LONG);
    expect(await piped(`${LONG}\r\n`)).toBe(LONG);
    expect(await piped(` ${LONG} `)).toBe(` ${LONG} `);
    await expect(piped(`${LONG}\n${LONG}\n`)).rejects.toThrow('more than one line');
  });

  it('becomes an entry that firebreak.yaml takes, which holds only its hash', async () => {
    const text = await localEntry('ann', LONG, ['viewer', 'approver']);
    expect(text).not.toContain(LONG);
    expect(text).toContain('roles: [viewer, approver]');
    const [account] = localSchema.parse(parse(text).access.local);
    expect(account).toMatchObject({ name: 'ann', roles: ['viewer', 'approver'] });
    expect(await verifyPassword(LONG, account?.password ?? '')).toBe(true);
  });

  it('has 12 characters at least, however they are stored', async () => {
    for (const short of ['', 'elevenchars', '😀'.repeat(11)])
      await expect(piped(short)).rejects.toThrow('12 characters at least');
    expect(await piped('😀'.repeat(12))).toHaveLength(24);
  });
});
