import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from './processes.js';
import { projectRoot } from './project.js';

const FIXTURES = join(projectRoot, 'test/fixtures/smtp');

/** The certificate of the servers here, for `localhost`; a client that trusts nobody else trusts this file. */
export const SMTP_CA = join(FIXTURES, 'localhost.crt');

/** One mail as the server got it. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
  readonly raw: string;
}

/** A real SMTP server. */
export interface RigSmtp {
  readonly port: number;
  readonly mails: readonly Mail[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts an SMTP server on this machine; the login is `firebreak` with the password given.
 *
 * @param options as of `smtp-server`
 */
export async function startSmtp(password: string, options: SMTPServerOptions = {}): Promise<RigSmtp> {
  const mails: Mail[] = [];
  const port = await freePort();
  const server = new SMTPServer({
    key: readFileSync(join(FIXTURES, 'localhost.key')),
    cert: readFileSync(SMTP_CA),
    authOptional: true,
    // Stopping does not wait for clients that hang.
    closeTimeout: 100,
    onAuth: (auth, _session, done) => {
      if (auth.username === 'firebreak' && auth.password === password) return done(null, { user: auth.username });
      return done(new Error(`no such login: ${auth.password ?? ''}`));
    },
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user === undefined ? undefined : String(session.user),
          isEncrypted: session.secure,
          raw,
        });
        done();
      });
    },
    ...options,
  });
  // Clients that hang up in the middle are what some tests are about.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return { port, mails, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
