import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/plugin-sdk/index.js';
import plugin from '../index.js';

const log = { info: () => {}, warn: () => {} };
const tiers = { sessions: { prefix: 'session:', maxAge: '24h', age: { by: 'ttl', lifetime: '48h' } } };
const cache = { host: '127.0.0.1', prefixes: ['config:', 'session:'], tiers };

function schema(differs: { readonly [name: string]: Json } = {}) {
  const config = { redis: { caches: { main: { ...cache, ...differs } } } };
  const action = plugin.instantiate(config, log).provided.actions?.['redis'];
  if (action === undefined) throw new Error('the plugin has no action redis');
  return action.params;
}

function refusal(given: Json, differs: { readonly [name: string]: Json } = {}): string {
  const parsed = schema(differs).safeParse(given);
  return parsed.success
    ? 'taken'
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

describe('which keys a step may name', () => {
  it.each<[Json]>([
    [{ cache: 'main', match: 'config:*' }],
    [{ cache: 'main', match: 'config:orders:*', idleLongerThan: '300s' }],
    [{ cache: 'main', tier: 'sessions' }],
    [{ cache: 'main', tier: 'sessions', match: 'session:eu:*', share: { to: 10 } }],
  ])('%j is taken', (given) => {
    expect(refusal(given)).toBe('taken');
  });

  it.each([
    '*',
    '',
    '**',
    'c*',
    'config:',
    'config:?*',
    'config:[a-z]*',
    'config:\\**',
    'config:a*b*',
    '?onfig:*',
    'config:\u0000*',
  ])('S6: the pattern %j is refused: it could mean more than it says', (match) => {
    expect(refusal({ cache: 'main', match })).toMatch(/^match: /);
  });

  it.each(['*', 'a*', '?', '[a]', '\\', '\n', '^'])('S6: a label %j within a pattern is refused', (label) => {
    expect(refusal({ cache: 'main', match: `config:${label}:*` })).toMatch(/^match: write what keys begin with/);
  });

  it('S6: what begins with none of the configured prefixes is refused', () => {
    expect(refusal({ cache: 'main', match: 'orders:*' })).toBe('match: must begin with one of config:, session:');
    expect(refusal({ cache: 'main', match: 'con*' })).toBe('match: must begin with one of config:, session:');
    expect(refusal({ cache: 'main', tier: 'sessions', match: 'config:*' })).toBe(
      'match: must begin with one of session:',
    );
  });

  it('names of what is not configured are refused', () => {
    expect(refusal({ cache: 'other', match: 'config:*' })).toMatch(/cache: .*main/);
    expect(refusal({ cache: 'main', tier: '__proto__' })).toBe('tier: the configuration has no such tier');
    expect(refusal({ cache: 'main', match: 'config:*', lruK: 3 })).toBe('lruK: the configuration names no accesses');
  });

  it('one thing says which keys are stale, and something says which keys at all', () => {
    expect(refusal({ cache: 'main' })).toBe('match: say which keys: match, or a tier');
    expect(refusal({ cache: 'main', tier: 'sessions', idleLongerThan: '1h' })).toMatch(/only one of/);
  });

  it('a step asks for no more than the configuration allows', () => {
    const given = { cache: 'main', match: 'config:*' };
    expect(refusal({ ...given, maxKeys: 100_001 })).toBe('maxKeys: the configuration allows 100000 at most');
    expect(refusal({ ...given, maxPercent: 60 })).toBe('maxPercent: the configuration allows 50 at most');
    expect(refusal({ ...given, keysPerSecond: 20_000 })).toBe('keysPerSecond: the configuration allows 10000 at most');
  });
});

describe('what the operator configures', () => {
  it.each<[string, { readonly [name: string]: Json }, RegExp]>([
    ['everything', { prefixes: ['*'] }, /three characters or more/],
    ['nothing', { prefixes: [] }, /prefixes/],
    ['a beginning of two characters', { prefixes: ['c:'] }, /three characters or more/],
    ["Firebreak's executions", { prefixes: ['{fb}:'] }, /three characters or more|own keys/],
    ["Firebreak's notes", { prefixes: ['firebreak:evicted:'] }, /own keys/],
    ["what also means Firebreak's notes", { prefixes: ['fire'] }, /own keys/],
    ['a tier outside of the prefixes', { prefixes: ['config:'] }, /below one of prefixes/],
    [
      'samples of accesses that would be evicted',
      { accesses: { prefix: 'config:seen:', window: '1m' } },
      /must not be below/,
    ],
    ['copies without end', { restorable: { bytes: 100_000_000 } }, /bytes/],
  ])('%s is refused when the service starts', (_, differs, words) => {
    expect(() => schema(differs)).toThrow(words);
  });
});
