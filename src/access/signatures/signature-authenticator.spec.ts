import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signaturesSchema } from '../../config/access/signatures.js';
import { PERMITTED } from '../permission.js';
import { everywhere } from '../role-grant.js';
import { SignatureAuthenticator, type Signed } from './signature-authenticator.js';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const STAMP = String(NOW / 1_000);
const [NEW, OLD, OTHER] = ['the-new-secret-of-grafana', 'the-old-secret-of-grafana', 'the-secret-of-another-one'];
const BODY = '{"version":"1","alerts":[],"über":"☃"}';

const sign = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('hex');

const senders = signaturesSchema.parse([
  { name: 'grafana', secret: [NEW, OLD] },
  { name: 'other', secret: OTHER, header: 'X-Signed', timestampHeader: 'X-When', requireTimestamp: true },
]);
const signatures = new SignatureAuthenticator(senders, () => NOW);
const look = (headers: Signed['headers'], change: Partial<Signed> = {}) =>
  signatures.look({ method: 'POST', routeOptions: { url: '/api/v1/alert/trigger' }, headers, ...change });
const senderOf = (headers: Signed['headers'], body = BODY): string | undefined => {
  const shown = look(headers);
  return shown.is === 'in-the-body' ? shown.caller(body)?.person.account : shown.is;
};
const grafanas = (signature: string, more: Signed['headers'] = {}): Signed['headers'] => ({
  'x-grafana-alerting-signature': signature,
  ...more,
});
const stamped = (stamp: string, secret = NEW): Signed['headers'] =>
  grafanas(sign(`${stamp}:${BODY}`, secret), { 'x-grafana-alerting-timestamp': stamp });

describe('signatures', () => {
  it.each([NEW, OLD])('say who sent a body, by either secret while one takes the place of the other', (secret) => {
    expect(senderOf(grafanas(sign(BODY, secret)))).toBe('signature:grafana');
    expect(senderOf(stamped(STAMP, secret))).toBe('signature:grafana');
  });

  it('can have headers of other names', () => {
    const headers = { 'x-signed': sign(`${STAMP}:${BODY}`, OTHER), 'x-when': STAMP };
    expect(senderOf(headers)).toBe('signature:other');
    expect(senderOf(grafanas(sign(BODY, OTHER)))).toBeUndefined();
  });

  it('let send alerts, and nothing else', () => {
    const shown = look(grafanas(sign(BODY, NEW)));
    const person = shown.is === 'in-the-body' ? shown.caller(BODY)?.person : undefined;
    expect(person?.grants).toEqual(everywhere(['source']));
    const allowed = Object.entries(PERMITTED).filter(([, roles]) => roles.some((role) => role === 'source'));
    expect(allowed.map(([permission]) => permission)).toEqual(['send-alerts']);
  });

  it.each([-300, 0, 300])('S2: count %d seconds from now', (s) => {
    expect(senderOf(stamped(String(NOW / 1_000 + s)))).toBe('signature:grafana');
  });

  it.each([-301, 301, -86_400])('S2: are refused %d seconds from now, before the body is read', (s) => {
    expect(look(stamped(String(NOW / 1_000 + s)))).toMatchObject({ is: 'refused' });
  });

  it.each(['', '0', '-1', '1e9', `${STAMP}.0`, ` ${STAMP}`, `${STAMP}000`, `0${STAMP}`, `${STAMP}, ${STAMP}`])(
    'S2: are refused with the timestamp %j',
    (stamp) => expect(look(stamped(stamp))).toMatchObject({ is: 'refused' }),
  );

  it('S2: a timestamp that is left out, changed or put into the body makes another signature', () => {
    const headers = stamped(STAMP);
    expect(senderOf({ ...headers, 'x-grafana-alerting-timestamp': undefined })).toBeUndefined();
    expect(senderOf({ ...headers, 'x-grafana-alerting-timestamp': String(NOW / 1_000 + 1) })).toBeUndefined();
    expect(senderOf(grafanas(sign(BODY, NEW), { 'x-grafana-alerting-timestamp': STAMP }))).toBeUndefined();
    expect(senderOf({ 'x-signed': sign(BODY, OTHER) })).toBe('refused');
  });

  it('S2: another body, also by one byte, is nobody’s', () => {
    for (const other of ['', `${BODY} `, BODY.replace('[]', '[{}]')])
      expect(senderOf(grafanas(sign(BODY, NEW)), other)).toBeUndefined();
  });

  it.each([
    '',
    'x',
    sign(BODY, NEW).toUpperCase(),
    sign(BODY, NEW).slice(1),
    `${sign(BODY, NEW)}00`,
    `sha256=${sign(BODY, NEW)}`,
    `${sign(BODY, NEW)}, ${sign(BODY, NEW)}`,
  ])('S2: a signature %j is refused before the body is read', (signature) => {
    expect(look(grafanas(signature))).toMatchObject({ is: 'refused' });
  });

  it('S1: two credentials at once are refused, whichever of them is right', () => {
    const right = sign(BODY, NEW);
    expect(look(grafanas(right, { authorization: 'Bearer x' }))).toMatchObject({ is: 'refused' });
    expect(look(grafanas(right, { 'x-signed': sign(BODY, OTHER) }))).toMatchObject({ is: 'refused' });
  });

  it('count where alerts come in, and nowhere else', () => {
    const headers = grafanas(sign(BODY, NEW));
    expect(look(headers, { method: 'PUT' })).toEqual({ is: 'nothing' });
    expect(look(headers, { routeOptions: { url: '/api/v2/alerts' } })).toEqual({ is: 'nothing' });
    expect(look(headers, { routeOptions: {} })).toEqual({ is: 'nothing' });
    expect(look({})).toEqual({ is: 'nothing' });
  });
});
