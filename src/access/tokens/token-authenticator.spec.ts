import { timingSafeEqual } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Token } from '../../config/tokens.js';
import { TokenAuthenticator, type SameHash } from './token-authenticator.js';
import { hashOfSecret } from './token-secret.js';

const END = Date.parse('2026-12-01T00:00:00Z');
const ANN = 'anns-secret-anns-secret';
const TOKENS: readonly Token[] = [
  { name: 'ann', roles: ['approver'], sha256: hashOfSecret(ANN), runbooks: ['cut-*'] },
  {
    name: 'ci',
    roles: ['source'],
    sha256: [hashOfSecret('new-secret-of-ci-1234'), hashOfSecret('old-secret-of-ci-1234')],
  },
  { name: 'guest', roles: ['viewer'], sha256: hashOfSecret('the-secret-of-a-guest'), until: END },
];

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokens', () => {
  const used: string[] = [];
  let now = END - 1;
  const tokens = new TokenAuthenticator(
    TOKENS,
    () => now,
    (token, secret) => used.push(`${token} ${secret}`),
  );
  const look = (...authorizations: string[]) => {
    const [authorization] = authorizations;
    const rawHeaders = authorizations.flatMap((text) => ['Authorization', text]);
    return tokens.look({ headers: authorization === undefined ? {} : { authorization }, raw: { rawHeaders } });
  };

  it('say who somebody is, and where their roles count', () => {
    expect(look(`Bearer ${ANN}`)).toMatchObject({
      identity: { name: 'ann', grants: [{ role: 'approver', runbooks: ['cut-*'], targets: ['*'] }] },
      via: 'token',
    });
    expect(look('bearer  new-secret-of-ci-1234 ')).toMatchObject({ identity: { account: 'token:ci' } });
  });

  it('are taken as a password, with their name, from who cannot send anything else', () => {
    expect(look(basic(`ann:${ANN}`))).toMatchObject({ identity: { account: 'token:ann' }, via: 'token' });
    expect(look(basic('ci:old-secret-of-ci-1234'))).toMatchObject({ identity: { account: 'token:ci' } });
  });

  it('have two secrets while one takes the place of the other, and it is known which is still used', () => {
    used.length = 0;
    for (const secret of ['new', 'old', 'new'])
      expect(look(`Bearer ${secret}-secret-of-ci-1234`)).toMatchObject({ identity: { name: 'ci' } });
    expect(used).toEqual(['ci 1', 'ci 2', 'ci 1']);
  });

  it('S1: do not count any more from their end on', () => {
    expect(look('Bearer the-secret-of-a-guest')).toMatchObject({ identity: { name: 'guest' } });
    now = END;
    expect(look('Bearer the-secret-of-a-guest')).toEqual(look('Bearer wrong'));
    now = END - 1;
  });

  it('say nothing of a request without one', () => expect(look()).toEqual({ is: 'nothing' }));

  it.each([
    '',
    'Bearer',
    'Bearer ',
    ANN,
    `Token ${ANN}`,
    `Basic ${ANN}`,
    'Bearer anns-secret-anns-secre',
    `Bearer ${hashOfSecret(ANN)}`,
    `Bearer ann:${ANN}`,
    `Bearer ${ANN} ${ANN}`,
    `Bearer ${ANN}, Bearer ${ANN}`,
    'Basic',
    basic(''),
    basic('ann'),
    basic('ann:'),
    basic(`:${ANN}`),
    basic(`ci:${ANN}`),
    basic(`Ann:${ANN}`),
    basic(`ann:${ANN} `),
    basic(`ann:${hashOfSecret(ANN)}`),
    `${basic(`ann:${ANN}`)}!`,
    `${basic(`ann:${ANN}`)}==`,
    `Bearer ${Buffer.from(`ann:${ANN}`).toString('base64')}`,
  ])('S1: refuse %j', (header) => {
    expect(look(header)).toEqual({ is: 'refused', error: expect.objectContaining({ code: 'unauthenticated' }) });
  });

  it('S1: refuse two at once, also when the first is right', () => {
    expect(look(`Bearer ${ANN}`, 'Bearer wrong')).toMatchObject({ is: 'refused' });
    expect(look(`Bearer ${ANN}`, `Bearer ${ANN}`)).toMatchObject({ is: 'refused' });
  });

  it.each([
    ['the first', `Bearer ${ANN}`],
    ['the last', 'Bearer the-secret-of-a-guest'],
    ['none', 'Bearer wrong'],
    ['a name alone', basic('ann:wrong')],
    ['another name', basic(`ci:${ANN}`)],
  ])('S1: all hashes are compared, of secrets and of names, when %s fits', (_which, authorization) => {
    const compared: boolean[] = [];
    const same: SameHash = (one, other) => {
      compared.push(timingSafeEqual(one, other));
      return compared.at(-1) ?? false;
    };
    const rawHeaders = ['authorization', authorization];
    new TokenAuthenticator(TOKENS, () => now, undefined, same).look({
      headers: { authorization },
      raw: { rawHeaders },
    });
    expect(compared).toHaveLength(8);
  });
});
