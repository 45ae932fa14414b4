import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugin from '../../plugins/evict-stale-cache/index.js';
import type { Json, PluginLog } from '../../src/plugin-sdk/index.js';
import type { Action } from '../../src/plugin-sdk/plugin.js';
import {
  contractViolations,
  describeActionContract,
  withVariant,
  type ActionWorld,
} from '../../src/testing/action-contract.js';
import { freePort } from '../rig/processes.js';
import { startVarnish, type RigVarnish } from '../rig/varnish.js';

const SECRET = 'canary-51d0-secret';
const byTag = { cache: 'web', ban: 'tag', where: { tag: 'product.42' } };
const byPage = { cache: 'web', ban: 'page', where: { host: 'www.test', url: '/a?b=1&c' } };
const nonsense: Json[] = [
  null,
  {},
  { ...byTag, cache: '127.0.0.1:6082' },
  { ...byTag, cache: 'toString' },
  { ...byTag, ban: 'toString' },
  { ...byTag, ban: 'obj.http.x-tag' },
  { ...byTag, where: {} },
  { ...byTag, where: { tag: 'a', url: '/' } },
  { ...byPage, where: { host: 'www.test' } },
  { ...byTag, where: { 'obj.status': '200' } },
  ...[
    '',
    ' ',
    'a b',
    'a"b',
    'a\\b',
    'a\nban req.url ~ .',
    'a\0',
    'ä',
    'a\u202Eb',
    '{{7*7}}',
    '<a>',
    'x'.repeat(10_000),
  ].map((tag) => ({ ...byTag, where: { tag } })),
];

describe('evict-stale-cache/varnish against two real Varnishes', () => {
  let a: RigVarnish;
  let b: RigVarnish;
  beforeAll(async () => {
    [a, b] = await Promise.all([startVarnish(`${SECRET}\n`), startVarnish(`${SECRET}\n`)]);
    // As long as it is not asked for again, no ban after it is done with.
    await Promise.all([a.get('/kept'), b.get('/kept')]);
  });
  afterAll(() => Promise.all([a?.stop(), b?.stop()]));

  const section = (servers: object) => ({
    varnish: {
      caches: {
        web: {
          servers,
          secret: SECRET,
          bans: {
            tag: { tag: { of: 'obj.http.x-tag', match: 'word' } },
            page: { host: 'req.http.host', url: 'req.url' },
          },
        },
      },
    },
  });

  const bans = async (): Promise<string[][]> => [await a.bans(), await b.bans()];

  async function world(log: PluginLog, params: Json): Promise<ActionWorld> {
    return {
      plugin: plugin.instantiate(section({ a: a.admin, b: b.admin }), log),
      unreachable: plugin.instantiate(section({ a: `127.0.0.1:${await freePort()}` }), log),
      params,
      nonsense,
      alwaysNeeded: true,
      // With their times, but not whether a later one says the same.
      read: async () => (await bans()).map((list) => list.map((line) => line.replace(/ (-|C) /, ' '))),
      reset: async () => {},
      effects: async () => (await bans()).flat().length,
      close: async () => {},
    };
  }

  describeActionContract('a ban of a tag', { action: 'varnish', world: (log) => world(log, byTag) });
  describeActionContract('a ban of one page', { action: 'varnish', world: (log) => world(log, byPage) });

  const broken: [string, (sound: Action) => Partial<Action>][] = [
    [
      'an apply whose fence is closed fails and changes nothing',
      ({ apply }) => ({ apply: (call, ...rest) => apply({ ...call, fence: async () => {} }, ...rest) }),
    ],
    [
      'every write is preceded by the fence',
      ({ apply }) => ({
        apply: async (call, ...rest) => (await call.fence(), apply({ ...call, fence: async () => {} }, ...rest)),
      }),
    ],
    [
      'apply twice with one key is one effect',
      ({ apply }) => ({ apply: (call, params) => apply(call, params, { newest: { a: '9e99', b: null } }) }),
    ],
    [
      'verify holds after apply and not before, and check then says that nothing is needed',
      ({ verify }) => ({ verify: (call, params) => verify(call, params, { newest: {} }) }),
    ],
    [
      'what can not be taken back is finished by the next apply when one broke off half-way',
      ({ apply }) => ({ apply: (call, params, before) => apply(call, params, onlyA(before)) }),
    ],
    [
      'plan changes nothing',
      ({ plan }) => ({
        plan: async (...all) => (await a.tell('ban obj.http.x-tag == planned'), plan(...all)),
      }),
    ],
    [
      'a revert of what can not be taken back changes nothing',
      () => ({
        revert: async () => (await a.tell('ban obj.http.x-tag == reverted'), { done: true }),
      }),
    ],
  ];
  it.each(broken)('a variant of it does not keep "%s"', async (clause, variant) => {
    const subject = { action: 'varnish', world: (log: PluginLog) => world(log, byTag) };
    const found = await contractViolations(withVariant(subject, variant));
    expect(found.map((one) => one.clause)).toContain(clause);
  });
});

/** What a plan would keep if there were only one server. */
function onlyA(before: Json): Json {
  return z.json().parse(JSON.parse(JSON.stringify(before).replace(/,"b":(?:null|"[^"]*")/, '')));
}
