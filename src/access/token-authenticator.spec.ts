import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TokenAuthenticator } from './token-authenticator.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('tokens', () => {
  const tokens = new TokenAuthenticator([
    { name: 'ann', roles: ['approver'], sha256: hash('anns-secret-anns-secret') },
    { name: 'ci', roles: ['source'], sha256: hash('the-secret-of-ci-1234') },
  ]);
  const look = (authorization?: string) =>
    tokens.look({ headers: authorization === undefined ? {} : { authorization } });

  it('say who somebody is', () => {
    expect(look('Bearer anns-secret-anns-secret')).toMatchObject({ identity: { name: 'ann' }, via: 'token' });
    expect(look('bearer  the-secret-of-ci-1234 ')).toMatchObject({ identity: { account: 'token:ci' } });
  });

  it('say nothing of a request without one', () => expect(look()).toEqual({ is: 'nothing' }));

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'anns-secret-anns-secret',
    'Basic anns-secret-anns-secret',
    'Bearer anns-secret-anns-secre',
    `Bearer ${hash('anns-secret-anns-secret')}`,
  ])('S1: refuse %j', (header) => expect(look(header)).toMatchObject({ is: 'refused' }));
});
