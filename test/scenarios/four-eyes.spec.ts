import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Identity } from '../../src/access/identity.js';
import { People } from '../../src/access/people.js';
import { everywhere } from '../../src/access/role-grant.js';
import { PeopleCommands } from '../../src/api/people-commands.js';
import { FirebreakError } from '../../src/core/errors.js';
import { Engine } from '../../src/engine/engine.js';
import { anExecution, aPlan, someOrders } from '../../src/testing/examples.js';
import { withMethods } from '../../src/testing/with-methods.js';
import { startApi, type ApiApp } from '../integration/api-app.js';

const account = (name: string, email?: string): Identity => ({
  account: name,
  name: name.slice(name.indexOf(':') + 1),
  groups: [],
  grants: everywhere(['approver']),
  ...(email === undefined ? {} : { email }),
});

/** Whose account each is in truth; three are linked, two have the same checked address, one stands alone. */
const HUMANS: readonly (readonly [human: string, Identity])[] = [
  ['ada', account('token:ada-laptop')],
  ['ada', account('token:ada-ci')],
  ['ada', account('oidc:s1', 'ada@example.org')],
  ['bob', account('token:bob@example.org')],
  ['bob', account('grafana:bob', 'bob@example.org')],
  ['eve', account('proxy:eve')],
];
const ALL = HUMANS.map(([, identity]) => identity);
const LINKS = [{ name: 'ada', accounts: ['token:ada-laptop', 'token:ada-ci', 'oidc:s1'], roles: [] }];

type Knows = (links: typeof LINKS) => People;

/** Everybody was seen under every name that they ever had. */
const truly: Knows = (links) => {
  const standing = ALL.filter((one) => one.account.startsWith('token:'));
  const seen = async (): Promise<Identity[]> => ALL.filter((one) => !one.account.startsWith('token:'));
  return new People({ people: links, grants: [] }, () => standing, seen, false);
};

const BROKEN: Readonly<Record<string, Knows>> = {
  'an account taken for a person': (links) => {
    const people = truly(links);
    return withMethods(people, {
      of: (identity) => ({ ...people.of(identity), name: identity.account }),
      now: async (name) => ({ name, account: name, grants: everywhere(['approver']) }),
    });
  },
  'links that nobody looks at': () => truly([]),
  'addresses that nobody compares': (links) => {
    const people = truly(links);
    const blind = ({ email: _, ...identity }: Identity): Identity => identity;
    return withMethods(people, { of: (identity) => people.of(blind(identity)) });
  },
  'names believed for ever': (links) => {
    const people = truly(links);
    const grants = everywhere(['approver']);
    return withMethods(people, { now: async (name, used) => ({ name, account: used ?? '', grants }) });
  },
};

const WHEN = ['from the beginning', 'after it was asked for', 'after the first agreement'] as const;

describe('S15: four eyes are four', () => {
  let app: ApiApp;
  let count = 0;
  beforeAll(async () => (app = await startApi()));
  afterAll(() => app.close());

  /** Somebody asks, two agree, and accounts become linked on the way; gives what is wrong with what counts in the end. */
  async function course(knows: Knows, at: readonly [number, number, number], linked: (typeof WHEN)[number]) {
    const id = `x${(count += 1)}`;
    const place = WHEN.indexOf(linked);
    const [asking, ...agreeing] = at.map((i, turn) => {
      const [human, identity] = HUMANS[i] ?? ['', account('')];
      return { human, identity, people: knows(turn >= place ? LINKS : []) };
    });
    if (asking === undefined) throw new Error('nobody asks');
    const asks = asking.people.of(asking.identity);
    const orders = someOrders({ approval: { required: 2, withinMs: 900_000 } });
    const state = { phase: 'awaiting-approval', plan: aPlan(orders), digest: 'd', grants: [] } as const;
    const expiresAt = app.clock.now() + 900_000;
    const requester = { requestedBy: asks.name, requestedAccount: asks.account };
    await app.store.open(anExecution({ id, target: id, orders, state: { ...state, expiresAt }, ...requester }), []);
    for (const { identity, people } of agreeing) {
      const commands = new PeopleCommands(app.nest.get(Engine), app.store, people);
      await commands.approve({ person: people.of(identity), from: 'a test' }, id, 'd').catch((error: unknown) => {
        if (!(error instanceof FirebreakError) || error.code !== 'own-request') throw error;
      });
    }
    const stored = await app.store.get(id);
    const agreed = stored?.execution.state.phase === 'awaiting-approval' && stored.execution.state.agreed !== undefined;
    const humans = new Set([asking, ...agreeing].map(({ human }) => human));
    const told = [asking, ...agreeing].map(({ identity }) => identity.account).join(', ');
    return agreed === (humans.size === 3) ? [] : [`${told}: ${agreed ? 'agreed' : 'not agreed'}, linked ${linked}`];
  }

  async function mistakes(knows: Knows): Promise<string[]> {
    const found: string[] = [];
    const places = HUMANS.map((_, i) => i);
    for (const linked of WHEN)
      for (const asks of places)
        for (const first of places)
          for (const second of places) found.push(...(await course(knows, [asks, first, second], linked)));
    return found;
  }

  it('whoever asks and whoever agrees, by whatever account, and whenever accounts are linked', async () => {
    expect(await mistakes(truly)).toEqual([]);
  });

  it.each(Object.keys(BROKEN))('%s would be seen', async (what) => {
    const found = await mistakes(BROKEN[what] ?? truly);
    expect(found.some((mistake) => mistake.includes(': agreed'))).toBe(true);
  });
});
