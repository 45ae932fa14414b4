import { afterEach, describe, expect, it } from 'vitest';
import { mailing, MESSAGE, PASSWORD, smtp, type Stops } from '../../test/rig/mailing.js';
import { shownSettings } from '../../test/rig/shown-settings.js';
import type { Message } from '../../src/plugin-sdk/index.js';
import plugin from './index.js';

const stops: Stops = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Headers by name, unfolded, and the text as a reader sees it. */
function opened(raw: string) {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers: Record<string, string> = Object.fromEntries(
    lines.map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 2)]),
  );
  const body = rest.join('\r\n\r\n');
  const isQuoted = headers['Content-Transfer-Encoding'] === 'quoted-printable';
  const unquoted = isQuoted
    ? body
        .replaceAll('=\r\n', '')
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)))
    : body;
  return { headers, names: lines.map((line) => line.split(':')[0]), text: unquoted.replaceAll('\r\n', '\n') };
}

describe('a mail', () => {
  it('is text with a link, over an encrypted connection, from one who has logged in', async () => {
    const server = await smtp(stops);
    await mailing(stops, server.port).send();
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'firebreak@example.org',
      to: ['a@example.org', 'b@example.org'],
      user: 'firebreak',
      isEncrypted: true,
    });
    const { headers, text } = opened(mail?.raw ?? '');
    expect(headers).toMatchObject({
      From: 'Firebreak <firebreak@example.org>',
      To: 'a@example.org, b@example.org',
      Subject: '[Firebreak] Cut over centre a',
      'Content-Type': 'text/plain; charset=utf-8',
      'Auto-Submitted': 'auto-generated',
      'X-Firebreak-Event': 'awaiting-approval',
    });
    expect(text.trimEnd()).toBe(`${MESSAGE.text}\n\n${MESSAGE.link}`);
  });

  it('is encrypted from the first byte where that is configured', async () => {
    const server = await smtp(stops, { secure: true });
    await mailing(stops, server.port, { tls: 'implicit' }).send();
    expect(server.mails).toMatchObject([{ isEncrypted: true, user: 'firebreak' }]);
  });

  it('has the same Message-ID when it is sent again, and every other has another; one thread for one execution', async () => {
    const server = await smtp(stops);
    const { send } = mailing(stops, server.port);
    await send();
    await send();
    await send({ id: '1-closed-2', event: 'closed' });
    await send({}, 'boss');
    const all = server.mails.map(({ raw }) => opened(raw).headers);
    const ids = all.map((headers) => headers['Message-ID']);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(new Set(all.map((headers) => headers['References'])).size).toBe(1);
  });

  it.each<[string, Partial<Message>]>([
    ['a title with more headers', { title: 'x\r\nBcc: evil@example.org\r\n\r\nbody' }],
    ['a title with an encoded word', { title: '=?utf-8?q?x=0D=0ABcc:=20evil@example.org?=' }],
    ['an id with more headers', { id: '1>\r\nBcc: evil@example.org\r\nX: <' }],
    [
      'a thread with more headers',
      { execution: { id: '1\r\nBcc: evil@example.org', runbook: 'r', target: 't', phase: 'p' } },
    ],
    ['a text that ends the mail', { text: 'a\r\n.\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<evil@example.org>\r\n' }],
    ['a text with a lone end of line before a dot', { text: 'a\n.\nRSET\n', title: 'b\u0000\u202E' }],
    ['a link with more lines', { link: 'http://localhost/\r\nBcc: evil@example.org' }],
    ['a text of 1 MB', { text: 'line\n'.repeat(200_000) }],
  ])('S8: with %s is one mail to those configured, with the same headers', async (_, what) => {
    const server = await smtp(stops);
    const { send } = mailing(stops, server.port);
    await send();
    await send(what);
    expect(server.mails.map(({ to }) => to)).toEqual([server.mails[0]?.to, server.mails[0]?.to]);
    const [usual, hostile] = server.mails.map(({ raw }) => opened(raw));
    // Which encoding is needed depends on the text.
    expect(new Set(hostile?.names)).toEqual(new Set(usual?.names));
    expect(hostile?.headers['To']).toBe('a@example.org, b@example.org');
    expect(server.mails[1]?.raw.length).toBeLessThan(200_000);
  });
});

describe('the configuration', () => {
  it.each([
    ['a password in the clear', { host: 'mail.example.org', tls: 'none' }, {}, /none would show the password/],
    ['an address that is two', {}, { recipients: { x: { to: ['a@example.org, b@example.org'] } } }, /to/],
    ['an address with a line', {}, { recipients: { x: { to: ['a@example.org\r\nBcc: b@example.org'] } } }, /to/],
    ['nobody', {}, { recipients: { x: { to: [] } } }, /to/],
    ['a host that is a URL', { host: 'smtp://mail' }, {}, /write a host name/],
    ['an unknown key', { rejectUnauthorized: false }, {}, /rejectUnauthorized/],
  ])('with %s is refused', (_, server, rest, why) => {
    expect(() => mailing(stops, 25, server, rest)).toThrow(why);
  });

  it('without a file of certificates that it names is an error', async () => {
    await expect(mailing(stops, 25, { ca: '/no/such/file' }).send()).rejects.toMatchObject({ code: 'unreadable-file' });
  });

  it('holds the password as a secret, and is right in the README', () => {
    expect(mailing(stops, 25).instance.secrets).toEqual([PASSWORD]);
    for (const shown of shownSettings('email'))
      expect(() => plugin.instantiate(shown, { info: () => {}, warn: () => {} })).not.toThrow();
  });
});
