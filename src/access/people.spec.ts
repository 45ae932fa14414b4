import { describe, expect, it } from 'vitest';
import type { Identity } from './identity.js';
import { People } from './people.js';
import { everywhere } from './role-grant.js';

const identity = (account: string, change: Partial<Identity> = {}): Identity => ({
  account,
  name: account.slice(account.indexOf(':') + 1),
  groups: [],
  grants: everywhere(['viewer']),
  ...change,
});

const LINKED = [
  { name: 'ada', accounts: ['token:ada-laptop', 'grafana:ada', 'oidc:s1'], roles: ['approver'] },
  { name: 'bob@example.org', accounts: ['token:bob-cli'], roles: [] },
];
const GRANTS = [{ roles: ['admin'], groups: [], people: ['ada', 'ci', 'root'], runbooks: ['*'], targets: ['*'] }];

function people(seen: Readonly<Record<string, readonly Identity[]>> = {}, linked = LINKED): People {
  const standing = [
    identity('token:ada-laptop'),
    identity('token:bob-cli'),
    identity('token:ci'),
    identity('local:root'),
  ];
  return new People(
    { people: linked, grants: GRANTS },
    () => standing,
    async (name) => seen[name] ?? [],
    false,
  );
}

const nameOf = (account: string, change: Partial<Identity> = {}): string => people().of(identity(account, change)).name;

describe('who an account is', () => {
  it('S15: the linked person, whatever else is said of the account', () => {
    for (const account of LINKED[0]?.accounts ?? []) {
      expect(nameOf(account, { name: 'somebody', email: 'other@example.org' })).toBe('ada');
    }
  });

  it('S15: the checked address, also when it is the name of a linked person', () => {
    expect(nameOf('oidc:s2', { email: 'eve@example.org' })).toBe('eve@example.org');
    expect(nameOf('grafana:eve', { email: 'eve@example.org' })).toBe('eve@example.org');
    expect(nameOf('oidc:s3', { email: 'bob@example.org' })).toBe(nameOf('token:bob-cli'));
  });

  it('the name that firebreak.yaml gives to a token and to a local account', () => {
    expect(nameOf('token:ci')).toBe('ci');
    expect(nameOf('local:root')).toBe('root');
  });

  it.each(['ada', 'ci', 'root', 'local', 'firebreak', 'bob@example.org', 'alertmanager', 'zoe'])(
    'S15: nobody gets the name %s by choosing it, nor what was granted to it',
    (chosen) => {
      const takers = ['oidc:s9', 'grafana:zed', 'proxy:zed', 'jwt:zed', 'slack:U1'];
      for (const account of takers) {
        const { name, grants } = people().of(identity(account, { name: chosen, grants: [] }));
        expect([name, grants]).toEqual([account, []]);
      }
    },
  );

  it('two accounts of one name at two vouchers are two people', () => {
    expect(nameOf('grafana:zoe')).not.toBe(nameOf('proxy:zoe'));
  });
});

describe('who somebody is now', () => {
  const laptop = identity('oidc:s1', { email: 'ada@example.org' });

  it('S15: the linked person, when the account was linked since', async () => {
    const seen = { 'ada@example.org': [laptop] };
    const now = await people(seen).now('ada@example.org', 'oidc:s1');
    expect(now?.name).toBe('ada');
    expect(now?.grants.map(({ role }) => role)).toContain('approver');
    expect((await people(seen, []).now('ada@example.org', 'oidc:s1'))?.name).toBe('ada@example.org');
  });

  it('S15: another person, when the account was linked otherwise since', async () => {
    expect((await people().now('laptop-of-ada', 'token:ada-laptop'))?.name).toBe('ada');
    expect((await people({}, []).now('ada', 'token:ada-laptop'))?.name).toBe('ada-laptop');
  });

  it('nobody, when the account is not known any more', async () => {
    expect(await people().now('ada', 'token:gone')).toBeUndefined();
    expect(await people().now('somebody')).toBeUndefined();
  });

  it('whoever has the name, when nobody knows the account', async () => {
    expect((await people().now('ada'))?.name).toBe('ada');
  });
});

describe('a role on some runbooks and targets', () => {
  const scoped = new People(
    {
      people: [],
      grants: [{ roles: ['sre'], groups: ['on-call'], people: [], runbooks: ['cut-*'], targets: ['dns/*'] }],
    },
    () => [],
    async () => [],
    false,
  );

  it('is given to the members of the group, and only there', () => {
    const of = (groups: string[]) => scoped.of(identity('oidc:s1', { groups, grants: [] })).grants;
    expect(of(['on-call'])).toEqual([{ role: 'sre', runbooks: ['cut-*'], targets: ['dns/*'] }]);
    expect(of(['on-call-2'])).toEqual([]);
  });
});
