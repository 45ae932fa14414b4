import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSecret } from '../access/tokens/token-secret.js';
import { loadConfig, type LoadedConfig } from '../config.js';
import { accessSecrets } from './access-secrets.js';
import { NO_ACCESS } from './access.js';
import { oidcSchema } from './access/oidc.js';
import { signaturesSchema } from './access/signatures.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const [A, B, C] = [hashOf('a secret of some length'), hashOf('b secret of some length'), hashOf('c')];

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'firebreak-tokens-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function load(text: string, files: Readonly<Record<string, string>> = {}): LoadedConfig {
  for (const [name, content] of Object.entries({ ...files, 'firebreak.yaml': text }))
    writeFileSync(join(cwd, name), content);
  return loadConfig({}, cwd);
}
function tokensOf(text: string, files: Readonly<Record<string, string>> = {}): object {
  const loaded = load(text, files);
  return loaded.ok ? loaded.config.tokens : loaded.problems;
}
const problems = (text: string, files: Readonly<Record<string, string>> = {}): readonly string[] => {
  const loaded = load(text, files);
  return loaded.ok ? [] : loaded.problems.map((problem) => problem.replaceAll(`${cwd}/`, ''));
};

describe('a token of firebreak.yaml', () => {
  it('has two secrets while one takes the place of the other', () => {
    expect(tokensOf(`tokens: [{ name: ci, sha256: [${A}, ${B}], roles: [source] }]\n`)).toEqual([
      { name: 'ci', sha256: [A, B], roles: ['source'] },
    ]);
    const files = { new: 'a secret of some length\n', old: 'b secret of some length' };
    expect(tokensOf('tokens: [{ name: ci, file: [new, old] }]\n', files)).toEqual([
      { name: 'ci', sha256: [A, B], roles: [] },
    ]);
    expect(tokensOf(`tokens: [{ name: ci, sha256: [${A}] }]\n`)).toEqual([{ name: 'ci', sha256: A, roles: [] }]);
  });

  it('can end, and count on some runbooks and targets only', () => {
    expect(
      tokensOf(`
tokens:
  - name: ann
    sha256: ${A}
    roles: [approver]
    runbooks: ['cut-*']
    targets: ['traffic/*', 'dns/*']
    until: 2027-01-31T00:00:00+01:00
`),
    ).toEqual([
      {
        name: 'ann',
        sha256: A,
        roles: ['approver'],
        runbooks: ['cut-*'],
        targets: ['traffic/*', 'dns/*'],
        until: Date.parse('2027-01-30T23:00:00Z'),
      },
    ]);
  });

  it('is refused with everything that is wrong with it, and where', () => {
    const text = `tokens:
  - { name: a, sha256: [${A}, ${B}, ${C}] }
  - { name: b, sha256: [${A}, short] }
  - { name: c, sha256: [] }
  - { name: d, sha256: 3 }
  - { name: e, sha256: ${A}, until: tomorrow, runbooks: [] }
  - { name: f, sha256: ${A}, until: 2027-01-31 }
  - { name: g, sha256: ${A}, untill: 2027-01-31T00:00:00Z }
`;
    expect(problems(text)).toEqual([
      'firebreak.yaml:2:24: tokens[0].sha256: must have at most 2 entries',
      expect.stringMatching(/^firebreak\.yaml:3:\d+: tokens\[1\]\.sha256\[1\]: must be the SHA-256 of the token/),
      'firebreak.yaml:4:24: tokens[2].sha256: must not be empty',
      'firebreak.yaml:5:24: tokens[3].sha256: must be a hash, or a list of two',
      expect.stringMatching(/^firebreak\.yaml:6:\d+: tokens\[4\]\.runbooks: must not be empty$/),
      expect.stringMatching(/^firebreak\.yaml:6:\d+: tokens\[4\]\.until: must be an instant such as 2027-01-31T00:00/),
      expect.stringMatching(/^firebreak\.yaml:7:\d+: tokens\[5\]\.until: must be an instant such as 2027-01-31T00:00/),
      expect.stringMatching(/^firebreak\.yaml:8:\d+: unknown key "untill": did you mean "until"\?/),
    ]);
  });

  it('shares no secret with another one, nor with itself', () => {
    const text = `tokens:
  - { name: a, sha256: [${A}, ${B}] }
  - { name: b, sha256: [${C}, ${B}] }
  - { name: c, sha256: [${C}, ${C}] }
  - { name: d, file: [one, two] }
  - { name: e, sha256: [${C}, ${hashOf('')}] }
`;
    expect(problems(text, { one: 'd secret of some length', two: 'd secret of some length\n' })).toEqual([
      'firebreak.yaml:3:13: tokens[1].name: "b" has the same secret as another token',
      expect.stringMatching(/^firebreak\.yaml:4:\d+: tokens\[2\]\.sha256: is twice the same secret$/),
      expect.stringMatching(/^firebreak\.yaml:5:\d+: tokens\[3\]\.file: is twice the same secret$/),
      expect.stringMatching(/^firebreak\.yaml:6:\d+: tokens\[4\]\.sha256: is the hash of nothing$/),
    ]);
  });

  it('in a file must be whole', () => {
    const secret = newSecret();
    expect(problems('tokens: [{ name: a, file: one }]\n', { one: secret })).toEqual([]);
    expect(problems('tokens: [{ name: a, file: one }]\n', { one: secret.slice(0, -1) })).toEqual([
      expect.stringMatching(/tokens\[0\]\.file: the secret in it is not what "firebreak token new" printed/),
    ]);
  });
});

describe('a sender that signs', () => {
  it('has the headers of Grafana, and can have two secrets', () => {
    const text = `access:
  signatures:
    - { name: grafana, secret: [the-new-secret-of-it, the-old-secret-of-it] }
    - { name: other, secret: another-secret-of-it, header: X-Signed, timestampHeader: X-When, requireTimestamp: true }
`;
    const loaded = load(text);
    expect(loaded.ok ? loaded.config.access.signatures : loaded.problems).toEqual([
      {
        name: 'grafana',
        secret: ['the-new-secret-of-it', 'the-old-secret-of-it'],
        header: 'x-grafana-alerting-signature',
        timestampHeader: 'x-grafana-alerting-timestamp',
        requireTimestamp: false,
      },
      {
        name: 'other',
        secret: 'another-secret-of-it',
        header: 'x-signed',
        timestampHeader: 'x-when',
        requireTimestamp: true,
      },
    ]);
  });

  it('S18: has secrets that the log masks, like that of an identity provider', () => {
    const signatures = signaturesSchema.parse([
      { name: 'a', secret: ['the-new-secret-of-it', 'the-old-secret-of-it'] },
      { name: 'b', secret: 'another-secret-of-it' },
    ]);
    const oidc = oidcSchema.parse({
      issuer: 'https://login.example',
      clientId: 'x',
      clientSecret: 'the-client-secret',
    });
    const secrets = ['the-new-secret-of-it', 'the-old-secret-of-it', 'another-secret-of-it'];
    expect(accessSecrets({ ...NO_ACCESS, signatures })).toEqual(secrets);
    expect(accessSecrets({ oidc, signatures })).toEqual(['the-client-secret', ...secrets]);
    const slack = { signingSecret: 'the-secret-of-slack', answers: 'https://hooks.slack.com' };
    const local = [{ name: 'night', password: 'the-hash-of-night', roles: [] }];
    expect(accessSecrets({ signatures, slack, local })).toEqual([
      ...secrets,
      'the-secret-of-slack',
      'the-hash-of-night',
    ]);
  });

  it('is refused with everything that is wrong with it, and no secret in what is said', () => {
    const text = `access:
  signatures:
    - { name: a, secret: too-short }
    - { name: b, secret: long-enough-it-is, header: Authorization, timestampHeader: 'X Y' }
    - { name: c, secret: long-enough-it-is, header: X-Same, timestampHeader: x-same }
    - { name: d, secret: { from: a-secret-place } }
    - { name: d, secret: long-enough-it-is }
`;
    const found = problems(text);
    expect(found).toEqual([
      'firebreak.yaml:3:26: access.signatures[0].secret: must have at least 16 characters',
      expect.stringMatching(
        /^firebreak\.yaml:4:\d+: access\.signatures\[1\]\.header: must not be one of authorization, /,
      ),
      expect.stringMatching(
        /^firebreak\.yaml:4:\d+: access\.signatures\[1\]\.timestampHeader: must be the name of a h/,
      ),
      'firebreak.yaml:5:7: access.signatures[2]: header and timestampHeader must differ',
      expect.stringMatching(
        /^firebreak\.yaml:6:\d+: access\.signatures\[3\]\.secret: must be a text, or a list of two$/,
      ),
    ]);
    expect(found.join()).not.toMatch(/too-short|long-enough/);
    const twice =
      'access: { signatures: [{ name: d, secret: long-enough-it-is }, { name: d, secret: long-enough-too-yes }] }\n';
    expect(problems(twice)).toEqual([
      expect.stringMatching(/^firebreak\.yaml:1:\d+: access\.signatures\[1\]\.name: "d" stands above already$/),
    ]);
  });
});
