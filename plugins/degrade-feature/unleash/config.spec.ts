import { expect, it } from 'vitest';
import plugin from '../index.js';
import type { Json } from '../../../src/plugin-sdk/index.js';

const log = { info: () => {}, warn: () => {} };
const main = {
  url: 'https://unleash.example.com',
  token: 'user:canary',
  features: ['shop'],
  environments: ['production'],
};
const instantiate = (servers: Json) => plugin.instantiate({ unleash: { servers } }, log);

it('a configuration that lists what steps may name is taken, and its token is a secret', () => {
  expect(instantiate({ main }).secrets).toEqual(['user:canary']);
});

it.each<Json>([
  {},
  { main: { ...main, url: 'https://user:word@unleash.example.com' } },
  { main: { ...main, url: 'file:///etc/passwd' } },
  { main: { ...main, token: '' } },
  { main: { ...main, token: 'a\r\nx-other: b' } },
  { main: { ...main, features: [] } },
  { main: { ...main, features: ['..'] } },
  { main: { ...main, features: ['a/b'] } },
  { main: { ...main, environments: ['%2e%2e'] } },
  { main: { ...main, projects: [''] } },
  { main: { ...main, tokens: 'x' } },
  { 'not a name': main },
])('a configuration such as %j is refused', (servers) => {
  expect(() => instantiate(servers)).toThrow();
});
