import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { oneLine } from '../clients/one-line.js';
import { PluginError, type Message, type PluginLog } from '../../src/plugin-sdk/index.js';
import type { Config } from './config.js';
import { letterOf } from './letter.js';

const PORTS = { starttls: 587, implicit: 465, none: 25 } as const;

/** The server as configured, with the certificates it is trusted by. */
export interface MailServer {
  readonly config: Config;
  readonly ca: string | undefined;
}

/** What a notifier's call has that sending needs. */
export interface Sending {
  readonly client: MailServer;
  readonly signal: AbortSignal;
  readonly log: PluginLog;
}

/**
 * Hands a message over to the mail server, for all addresses of one group at once.
 *
 * @param group name of those who are told
 * @throws PluginError when the server did not take it for anybody
 */
export async function send(call: Sending, group: string, message: Message): Promise<void> {
  const { from, recipients, timeout } = call.client.config;
  const name = `email/${group}`;
  if (call.signal.aborted) throw new PluginError('aborted', `${name} was not begun: the call was broken off`);
  const letter = letterOf(message, group, from.address.split('@').at(-1) ?? 'localhost');
  const deadline = AbortSignal.timeout(timeout);
  const transport = createTransport(optionsOf(call.client));
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...(recipients[group]?.to ?? [])],
      subject: letter.subject,
      text: letter.text,
      messageId: letter.messageId,
      references: [letter.thread],
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Firebreak-Event': message.event },
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.any([call.signal, deadline]),
    });
    // Sent again, those who have it would get it twice.
    if (rejected.length > 0)
      call.log.warn(`${name}: the server does not take mail for some`, { rejected: rejected.length });
  } catch (error) {
    if (call.signal.aborted) throw new PluginError('aborted', `${name} was not waited for: the call was broken off`);
    if (deadline.aborted)
      throw new PluginError('timed-out', `${name}: the mail server did not take it within ${timeout} ms`);
    throw explained(name, error);
  } finally {
    transport.close();
  }
}

function optionsOf({ config: { server, timeout }, ca }: MailServer): SMTPTransportOptions {
  const { host, tls, login, port = PORTS[tls] } = server;
  return {
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(login === undefined ? {} : { auth: { user: login.username, pass: login.password } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
  };
}

/** What nodemailer's errors carry besides their text. */
function detailsOf(error: unknown): { code: string; reply: number; said: string } {
  if (!(error instanceof Error)) return { code: '', reply: 0, said: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const reply = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0;
  const said = 'response' in error && typeof error.response === 'string' ? oneLine(error.response, 200) : '';
  return { code, reply, said };
}

function explained(name: string, error: unknown): PluginError {
  const { code, reply, said } = detailsOf(error);
  const isFinal = reply >= 500;
  if (code === 'EAUTH' || code === 'ENOAUTH')
    // Without the server's words: they may repeat what was sent.
    return new PluginError(
      'refused-credentials',
      `${name}: the mail server refuses the login (${reply || code})`,
      !isFinal,
    );
  if (isUntrusted(error) || code === 'ETLS')
    return new PluginError(
      'untrusted-target',
      `${name}: no trusted encryption with the mail server (${tlsReason(error)}); check tls and ca`,
      false,
    );
  if (reply > 0) {
    const what = `${name}: the mail server answered ${said === '' ? reply : said}`;
    return new PluginError(isFinal ? 'refused-by-target' : 'target-failed', what, !isFinal);
  }
  return new PluginError('target-unreachable', `${name}: the mail server can't be reached (${networkReason(error)})`);
}

/** Certificate errors of OpenSSL have names of their own, and come as socket errors. */
const CERTIFICATE = /certificate|CERT_|self.signed|altnames|SSL routines|ssl3_|tls_/i;

function isUntrusted(error: unknown): boolean {
  return error instanceof Error && CERTIFICATE.test(error.message);
}

function tlsReason(error: unknown): string {
  return error instanceof Error ? oneLine(error.message, 120) : 'no reason given';
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  return /\b(E[A-Z_]{3,20})\b/.exec(error.message)?.[1] ?? detailsOf(error).code;
}
