import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { failure } from '../../test/rig/failure.js';
import { mailing, smtp, type Stops } from '../../test/rig/mailing.js';
import { freePort } from '../../test/rig/processes.js';

const stops: Stops = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('a mail server that', () => {
  it('is down is an error that is tried again', async () => {
    expect(await failure(mailing(stops, await freePort()).send())).toMatchObject({
      code: 'target-unreachable',
      again: true,
      message: "email/oncall: the mail server can't be reached (ECONNREFUSED)",
    });
  });

  it('is not in the DNS is an error', async () => {
    const error = await failure(mailing(stops, 25, { host: 'no-such-host.invalid' }).send());
    expect(error).toMatchObject({ again: true, message: /^email\/oncall: / });
  });

  it.each([
    ['says nothing', () => {}],
    [
      'greets, and then says a little all the time',
      (say: (text: string) => void) => {
        say('220 hello\r\n');
        const timer = setInterval(() => say('250-x\r\n'), 20);
        stops.push(() => clearInterval(timer));
      },
    ],
    ['greets and is silent', (say: (text: string) => void) => say('220 hello\r\n')],
  ])('%s is left after the time-out', async (_, behave) => {
    const port = await plainServer(behave);
    const began = performance.now();
    expect(await failure(mailing(stops, port, {}, { timeout: '300ms' }).send())).toMatchObject({
      code: 'timed-out',
      again: true,
    });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it.each([
    ['talks rubbish', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['never ends its greeting', '220-hello\r\n'.repeat(500_000)],
  ])('%s is an error', async (_, text) => {
    const port = await plainServer((say) => say(text));
    expect(await failure(mailing(stops, port).send())).toMatchObject({ again: true, message: /^email\/oncall: / });
  });

  it('refuses the login is an error that is not tried again, and shows no password', async () => {
    const server = await smtp(stops);
    const { send } = mailing(stops, server.port, { login: { username: 'firebreak', password: 'canary-wrong' } });
    const error = await failure(send());
    expect(error).toMatchObject({
      code: 'refused-credentials',
      again: false,
      message: 'email/oncall: the mail server refuses the login (535)',
    });
    expect(String(error)).not.toContain('canary');
    expect(server.mails).toEqual([]);
  });

  it.each([
    ['for good', 550, 'refused-by-target', false],
    ['for now', 450, 'target-failed', true],
  ])('refuses all recipients %s is an error', async (_, responseCode, code, again) => {
    const refusal = Object.assign(new Error('no such user\u001B[2J'), { responseCode });
    const server = await smtp(stops, { onRcptTo: (_address, _session, done) => done(refusal) });
    expect(await failure(mailing(stops, server.port).send())).toMatchObject({ code, again, message: /no such user/ });
    expect(server.mails).toEqual([]);
  });

  it('refuses one of the recipients has told the others, and that is not sent again', async () => {
    const refusal = Object.assign(new Error('no such user'), { responseCode: 550 });
    const server = await smtp(stops, {
      onRcptTo: ({ address }, _session, done) => (address.startsWith('a@') ? done(refusal) : done()),
    });
    const { send, warnings } = mailing(stops, server.port);
    await send();
    expect(server.mails.map(({ to }) => to)).toEqual([['b@example.org']]);
    expect(warnings).toEqual(['email/oncall: the server does not take mail for some']);
  });

  it('is full is tried again', async () => {
    const full = Object.assign(new Error('mailbox full'), { responseCode: 452 });
    const server = await smtp(stops, {
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(full));
      },
    });
    expect(await failure(mailing(stops, server.port).send())).toMatchObject({ code: 'target-failed', again: true });
  });

  it('offers no encryption gets nothing', async () => {
    const server = await smtp(stops, { disabledCommands: ['STARTTLS'] });
    expect(await failure(mailing(stops, server.port).send())).toMatchObject({ code: 'untrusted-target', again: false });
    expect(server.mails).toEqual([]);
  });

  it.each([
    ['starttls', false],
    ['implicit', true],
  ])('shows a certificate that nobody vouches for gets nothing (%s)', async (tls, secure) => {
    const server = await smtp(stops, { secure });
    const error = await failure(mailing(stops, server.port, { tls, ca: undefined }).send());
    expect(error).toMatchObject({ code: 'untrusted-target', again: false, message: /check tls and ca/ });
    expect(server.mails).toEqual([]);
  });

  it('is not waited for when the call is broken off', async () => {
    const port = await plainServer(() => {});
    const abort = new AbortController();
    const sending = failure(mailing(stops, port).send({}, 'oncall', abort.signal));
    abort.abort();
    expect(await sending).toMatchObject({ code: 'aborted' });
  });

  async function plainServer(behave: (say: (text: string) => void) => void): Promise<number> {
    const port = await freePort();
    const server: Server = createServer((socket) => {
      socket.on('error', () => {});
      stops.push(() => void socket.destroy());
      behave((text) => void (socket.destroyed || socket.write(text)));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    stops.push(() => void server.close());
    return port;
  }
});
