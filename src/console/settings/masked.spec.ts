import { describe, expect, it } from 'vitest';
import { masked } from './masked.js';

describe('settings that are shown', () => {
  it('S18: hold no known secret, wherever it stands, also in a name', () => {
    expect(
      masked({ plugins: { chat: { url: 'https://h/hooks/canary-1/x', 'canary-1': [{ deep: 'a canary-1 b' }] } } }, [
        'canary-1',
      ]),
    ).toEqual({
      plugins: { chat: { url: 'https://h/hooks/***/x', '***': [{ deep: 'a *** b' }] } },
    });
  });

  it.each([
    'password',
    'clientSecret',
    'signingSecret',
    'secret',
    'token',
    'accessToken',
    'apiKey',
    'routingKey',
    'sha256',
    'tsig-key',
    'key',
  ])('S18: hide a text under the name %s, and each of a list of them', (name) => {
    expect(masked({ [name]: 'canary' }, [])).toEqual({ [name]: '***' });
    expect(masked({ [name]: ['canary', 'canary'] }, [])).toEqual({ [name]: ['***', '***'] });
  });

  it('S18: hide the login of an address', () => {
    expect(masked({ redis: { url: 'redis://fb:canary@r:6379' } }, [])).toEqual({
      redis: { url: 'redis://***@r:6379' },
    });
  });

  it('show everything else as it is, and leave out what is no data', () => {
    const shown = { host: '127.0.0.1', port: 9700, tokens: [{ name: 'ci', roles: ['source'] }], on: true, none: null };
    expect(masked({ ...shown, template: () => 'x', absent: undefined }, ['x'])).toEqual(shown);
  });
});
