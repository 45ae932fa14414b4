import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_ACCESS } from './config/access.js';
import { loadConfig, type Config } from './config.js';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'firebreak-config-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const HASH = createHash('sha256').update('a secret of some length').digest('hex');

function config(env: NodeJS.ProcessEnv = {}): Config {
  const loaded = loadConfig(env, cwd);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}
function problems(env: NodeJS.ProcessEnv = {}): readonly string[] {
  const loaded = loadConfig(env, cwd);
  return loaded.ok ? [] : loaded.problems.map((problem) => problem.replaceAll(`${cwd}/`, ''));
}
const file = (text: string, name = 'firebreak.yaml'): void => writeFileSync(join(cwd, name), text);

describe('the settings', () => {
  it('have a default for everything', () => {
    const found = config();
    expect(found).toMatchObject({
      host: '127.0.0.1',
      port: 9700,
      publicUrl: 'http://localhost:9700',
      role: 'all',
      redis: { kind: 'embedded' },
      dataDir: join(cwd, 'data'),
      runbooks: join(cwd, 'runbooks'),
      durability: 'durable',
      logLevel: 'info',
      exitAfterReady: false,
      morePlugins: [],
      isolate: [],
      infoSeries: 100,
      plugins: {},
      config: {},
      tokens: [],
      access: NO_ACCESS,
      governor: { changeBudget: { by: 'service', limit: 10 }, loop: { limit: 3 } },
    });
    expect(found.sourceId).toMatch(/-\d+$/);
    expect(found.topology).toBeUndefined();
    expect(Object.isFrozen(found)).toBe(true);
  });

  it('find topology.yaml when it is there', () => {
    file('', 'topology.yaml');
    expect(config().topology).toBe(join(cwd, 'topology.yaml'));
  });

  it('come from the environment before they come from firebreak.yaml', () => {
    file('port: 1234\nrole: api\nmorePlugins: [./mine]\nredisUrl: redis://r:6379\n');
    expect(config({ FIREBREAK_ROLE: 'worker', FIREBREAK_DURABILITY: '' })).toMatchObject({
      port: 1234,
      role: 'worker',
      morePlugins: ['./mine'],
      durability: 'durable',
      publicUrl: 'http://localhost:1234',
      redis: { kind: 'single', url: 'redis://r:6379' },
    });
    expect(config({ FIREBREAK_PLUGINS: './a, b', FIREBREAK_EXIT_AFTER_READY: '1' })).toMatchObject({
      morePlugins: ['./a', 'b'],
      exitAfterReady: true,
    });
  });

  it('tell all mistakes at once, each with its name and what is allowed', () => {
    file('port: 70000\ndurability: sometimes\ndatadir: x\n');
    const env = {
      FIREBREAK_ROLE: 'wroker',
      FIREBREAK_PUBLIC_URL: 'ftp://x',
      FIREBREAK_REDIS_URL: 'http://:secret@x',
      FIREBREAK_PROT: '1',
      FIREBREAK_RUNBOOKS: 'etcd://x',
      FIREBREAK_EXIT_AFTER_READY: 'yes',
      FIREBREAK_INFO_SERIES: '0',
    };
    expect(problems(env)).toEqual([
      expect.stringMatching(
        /^FIREBREAK_PROT: unknown variable "FIREBREAK_PROT": did you mean "FIREBREAK_PORT"\? allowed: /,
      ),
      'firebreak.yaml:3:1: unknown key "datadir": did you mean "dataDir"? allowed: access, config, dataDir, durability, governor, host, infoSeries, isolate, logLevel, morePlugins, notify, permissions, plugins, port, probes, publicUrl, redisUrl, role, runbooks, sourceId, tokens, topology',
      'FIREBREAK_EXIT_AFTER_READY: must be 0 or 1',
      'firebreak.yaml:1:7: port: must be a port, 0 to 65535',
      'FIREBREAK_PUBLIC_URL: must be an http or https address such as https://firebreak.example.org',
      'FIREBREAK_ROLE: must be one of "all", "api", "worker": did you mean "worker"?',
      expect.stringMatching(/^FIREBREAK_REDIS_URL: must be redis:\/\/host:port, (?!.*secret)/),
      'FIREBREAK_RUNBOOKS: must be a folder or file: sources elsewhere are not supported yet',
      'firebreak.yaml:2:13: durability: must be one of "durable", "standard", "ha", not "sometimes"',
      'FIREBREAK_INFO_SERIES: must be a number, 1 to 2000',
    ]);
  });

  it('say so when the file that is named is not there, or is no YAML', () => {
    expect(problems({ FIREBREAK_CONFIG: 'other.yaml' })).toEqual(['FIREBREAK_CONFIG: other.yaml cannot be read']);
    file('a: [', 'other.yaml');
    expect(problems({ FIREBREAK_CONFIG: 'other.yaml' })[0]).toMatch(/^other\.yaml:\d+:\d+: /);
  });
});

describe('the listen address', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('may be %s without any token', (host) => {
    expect(config({ FIREBREAK_HOST: host }).host).toBe(host);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.org', 'localhost.example.org'])(
    'may not be %s without any token',
    (host) => {
      expect(problems({ FIREBREAK_HOST: host })).toEqual([
        expect.stringContaining('FIREBREAK_HOST: without "tokens" or "access"'),
      ]);
    },
  );

  it('may be any with a token', () => {
    file(`tokens: [{ name: admin, sha256: ${HASH}, roles: [admin] }]\n`);
    expect(config({ FIREBREAK_HOST: '0.0.0.0' }).tokens).toEqual([{ name: 'admin', sha256: HASH, roles: ['admin'] }]);
  });
});

describe('tokens', () => {
  it('may stand in a file of their own, of which only the hash is kept', () => {
    file('a secret of some length\n', 'token');
    file('tokens: [{ name: source, file: token }]\n');
    expect(config().tokens).toEqual([{ name: 'source', sha256: HASH, roles: [] }]);
  });

  it('must be somebody’s, strong, and different', () => {
    const nothing = createHash('sha256').update('').digest('hex');
    file('short', 'token');
    file(
      `tokens:\n  - { name: a, sha256: ${HASH} }\n  - { name: b, sha256: ${HASH} }\n  - { name: c, sha256: ${nothing} }\n  - { name: d, file: token }\n  - { name: e, file: none }\n`,
    );
    expect(problems()).toEqual([
      'firebreak.yaml:3:13: tokens[1].name: "b" has the same secret as another token',
      expect.stringMatching(/^firebreak\.yaml:4:\d+: tokens\[2\]\.sha256: is the hash of nothing$/),
      expect.stringContaining('tokens[3].file: the secret in it has fewer than 16 characters'),
      expect.stringContaining('tokens[4].file: none cannot be read'),
    ]);
    file('tokens: [{ name: a }, { name: b, sha256: secret }]\n');
    expect(problems()).toEqual([
      expect.stringContaining('needs either sha256 or file'),
      expect.stringContaining('must be the SHA-256'),
    ]);
  });
});

describe('roles', () => {
  it('may be Firebreak’s and the organisation’s own', () => {
    file(`tokens: [{ name: ann, sha256: ${HASH}, roles: [approver, sre, business] }]\n`);
    expect(config().tokens[0]?.roles).toEqual(['approver', 'sre', 'business']);
  });

  it.each(['aprover', 'approvers', 'amdin', 'operater', 'viewr', 'sources'])(
    'cannot be a slip of the pen: %s',
    (role) => {
      file(`tokens: [{ name: ann, sha256: ${HASH}, roles: [sre, ${role}] }]\n`);
      expect(problems()).toEqual([
        expect.stringMatching(
          new RegExp(
            `^firebreak\\.yaml:1:\\d+: tokens\\[0\\]\\.roles\\[1\\]: "${role}" is no role: did you mean "\\w+"\\? A role`,
          ),
        ),
      ]);
    },
  );

  it('are short names', () => {
    file(`tokens: [{ name: ann, sha256: ${HASH}, roles: [The Boss] }]\n`);
    expect(problems()).toEqual([expect.stringContaining('tokens[0].roles[0]: must be a short name')]);
  });
});

describe('the governor', () => {
  it('comes from firebreak.yaml', () => {
    file('governor: { changeBudget: off, conflicts: [[a, b]], loop: { limit: 5, per: 10m } }\n');
    expect(config().governor).toEqual({ conflicts: [['a', 'b']], loop: { limit: 5, perMs: 600_000 } });
  });

  it('tells every mistake with its place', () => {
    file(`governor:
  changeBudget: { by: service, limit: 0, pre: 1h }
  conflicts: [[a], [a, B], both]
  loop: off
  loops: 3
`);
    expect(problems()).toEqual([
      'firebreak.yaml:2:39: governor.changeBudget.limit: must be at least 1',
      'firebreak.yaml:3:15: governor.conflicts[0]: must be two ids of plugins, such as [cut-over-center, evict-stale-cache]',
      'firebreak.yaml:3:24: governor.conflicts[1][1]: must be a DNS label: a-z, 0-9 and -, at most 63 characters',
      'firebreak.yaml:3:28: governor.conflicts[2]: must be two ids of plugins, such as [cut-over-center, evict-stale-cache]',
      'firebreak.yaml:4:9: governor.loop: must be a map, not a text',
      'firebreak.yaml:2:42: unknown key "pre": did you mean "per"? allowed: by, limit, per',
      'firebreak.yaml:5:3: unknown key "loops": did you mean "loop"? allowed: changeBudget, conflicts, loop',
    ]);
  });

  it.each(['false', 'none', '3'])('is not taken off by %s', (word) => {
    file(`governor: { changeBudget: ${word} }\n`);
    expect(problems()[0]).toMatch(/^firebreak\.yaml:1:27: governor\.changeBudget: must be a map, or off; not /);
  });
});

describe('plugin configuration', () => {
  it('takes values from the environment, in leaf texts only', () => {
    file('plugins:\n  chat: { url: "https://${HOST}/x", list: ["${TOKEN}"], literal: "$${HOST}", number: 3 }\n');
    expect(config({ HOST: 'h', TOKEN: 't${HOST}' }).plugins).toEqual({
      chat: { url: 'https://h/x', list: ['t${HOST}'], literal: '${HOST}', number: 3 },
    });
  });

  it('must not refer to what is not there', () => {
    file('plugins:\n  chat: { url: "${HOST}", list: ["${TOKEN}"] }\nconfig: { url: "${HOST}" }\n');
    expect(problems({ TOKEN: '' })).toEqual([
      expect.stringMatching(/^firebreak\.yaml:3:16: \$\{\.\.\.\} is replaced only under "plugins"/),
      'firebreak.yaml:2:16: ${HOST}: this variable is not set',
      'firebreak.yaml:2:34: ${TOKEN}: this variable is empty',
    ]);
  });
});

describe('the Redis URL', () => {
  it.each([
    ['redis://r', { kind: 'single', url: 'redis://r' }],
    ['redis://:p%40ss@r:6380/2', { kind: 'single', url: 'redis://:p%40ss@r:6380/2' }],
    ['rediss://[::1]:6380', { kind: 'single', url: 'rediss://[::1]:6380' }],
    [
      'redis+sentinel://s1:26379,s2/main',
      {
        kind: 'sentinel',
        name: 'main',
        db: 0,
        sentinels: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_379 },
        ],
      },
    ],
    [
      'redis+sentinel://u:p%40@s1/main/3',
      {
        kind: 'sentinel',
        name: 'main',
        db: 3,
        username: 'u',
        password: 'p@',
        sentinels: [{ host: 's1', port: 26_379 }],
      },
    ],
    [
      'redis://n1,n2:7000',
      {
        kind: 'cluster',
        tls: false,
        nodes: [
          { host: 'n1', port: 6379 },
          { host: 'n2', port: 7000 },
        ],
      },
    ],
    [
      'rediss://:p@n1,rediss://n2',
      {
        kind: 'cluster',
        tls: true,
        password: 'p',
        nodes: [
          { host: 'n1', port: 6379 },
          { host: 'n2', port: 6379 },
        ],
      },
    ],
  ])('%s names one server, Sentinels or a Cluster', (url, expected) => {
    expect(config({ FIREBREAK_REDIS_URL: url }).redis).toEqual(expected);
  });

  it.each([
    'r:6379',
    'redis://',
    'redis://r:0',
    'redis://r:99999',
    'redis+sentinel://s1',
    'redis://n1,n2/3',
    'redis://r/x',
    'redis://n1,,n2',
    'redis://a b',
  ])('%s is refused', (url) => {
    expect(problems({ FIREBREAK_REDIS_URL: url })).toEqual([expect.stringMatching(/^FIREBREAK_REDIS_URL: /)]);
  });
});
