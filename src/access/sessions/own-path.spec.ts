import { describe, expect, it } from 'vitest';
import { ownPath } from './own-path.js';

describe('where a login leads', () => {
  it.each(['/', '/executions/x1', '/alerts?q=a%20b&page=2', '/approve/%2F%2Fevil.example', '/a/b//c'])(
    'is where one wanted to be: %s',
    (path) => expect(ownPath(path)).toBe(path),
  );

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e/..//evil.example',
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example',
    '.evil.example',
    'evil',
    '',
    ` //evil.example`,
    `/${'a'.repeat(600)}`,
    undefined,
    ['/a', '/b'],
    { toString: () => '//evil.example' },
  ])('S11: is the first page and never %j', (path) => expect(ownPath(path)).toBe('/'));

  it.each(['/login', '/login/oidc?next=/', '/logout', '/logged-out', '/x/../login'])(
    'does not go in a circle: %s',
    (path) => expect(ownPath(path)).toBe('/'),
  );

  it('is the same path when it is read as browsers read it', () => {
    for (const path of ['/a/../b', '/a/./b?x=//evil.example', '/%2f%2fevil.example'])
      expect(new URL(ownPath(path), 'https://own.example').host).toBe('own.example');
  });
});
