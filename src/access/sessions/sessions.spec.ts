import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.js';
import type { Identity } from '../identity.js';
import { isStillAsked, KEEP_SEEN_MS, SeenPeople } from './last-seen.js';
import { MemorySessionStore } from './memory-session-store.js';
import { MOST_PASSAGES, PASSAGE_MS, Passages } from './passages.js';
import { describeSessionStore } from './session-store.conformance.js';
import { MOST_SESSIONS, Sessions } from './sessions.js';

const identity: Identity = { account: 'oidc:s1', name: 'Ada', groups: ['sre'], grants: [] };
const arrival = { identity, voucher: 'v' };
const MINUTE = 60_000;

describeSessionStore('memory', async () => {
  const clock = new FakeClock();
  return { store: new MemorySessionStore(() => clock.now()), pass: (ms) => clock.pass(ms) };
});

describe('a login', () => {
  let clock: FakeClock;
  let store: MemorySessionStore;
  let sessions: Sessions;
  beforeEach(() => {
    clock = new FakeClock();
    store = new MemorySessionStore(() => clock.now());
    sessions = new Sessions(store, clock, { idle: 60 * MINUTE, most: 180 * MINUTE });
  });

  it('is found by its id, with what every form must carry', async () => {
    const [one, other] = [await sessions.begin(arrival, undefined), await sessions.begin(arrival, undefined)];
    const found = await sessions.find(one);
    expect(found).toMatchObject({ identity, voucher: 'v' });
    expect(found?.csrf).toMatch(/^[\w-]{43}$/);
    expect((await sessions.find(other))?.csrf).not.toBe(found?.csrf);
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(await sessions.find(`${one}x`)).toBeUndefined();
  });

  it('ends without a click, and lasts with one', async () => {
    const id = await sessions.begin(arrival, undefined);
    await clock.pass(59 * MINUTE);
    expect(await sessions.find(id)).toBeDefined();
    await clock.pass(59 * MINUTE);
    expect(await sessions.find(id)).toBeDefined();
    await clock.pass(60 * MINUTE);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('ends at last whatever is clicked', async () => {
    const id = await sessions.begin(arrival, undefined);
    for (let minutes = 0; minutes < 179; minutes++) {
      await clock.pass(MINUTE);
      expect(await sessions.find(id), `after ${minutes + 1} minutes`).toBeDefined();
    }
    await clock.pass(MINUTE);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('S11: has a new id each time, and the id before opens nothing any more', async () => {
    const before = await sessions.begin(arrival, undefined);
    const id = await sessions.begin(arrival, before);
    expect(id).not.toBe(before);
    expect(await sessions.find(before)).toBeUndefined();
    expect(await sessions.find(id)).toBeDefined();
  });

  it('ends alone, or with all of its account', async () => {
    const stranger = await sessions.begin({ identity: { ...identity, account: 'oidc:s2' }, voucher: 'v' }, undefined);
    const ids = await Promise.all([1, 2, 3].map(() => sessions.begin(arrival, undefined)));
    const [first = '', ...others] = ids;
    expect((await sessions.end(first))?.identity).toEqual(identity);
    expect(await sessions.end(first)).toBeUndefined();
    for (const id of others) expect(await sessions.find(id)).toBeDefined();
    await sessions.endAll(identity.account);
    for (const id of ids) expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.find(stranger)).toBeDefined();
  });

  it('I15: is one of a bounded number, of which the oldest ends', async () => {
    const first = await sessions.begin(arrival, undefined);
    const second = await sessions.begin(arrival, undefined);
    for (let more = 0; more < MOST_SESSIONS - 1; more++) await sessions.begin(arrival, undefined);
    expect(await sessions.find(first)).toBeUndefined();
    expect(await sessions.find(second)).toBeDefined();
  });
});

describe('who was seen', () => {
  let clock: FakeClock;
  let store: MemorySessionStore;
  beforeEach(() => {
    clock = new FakeClock();
    store = new MemorySessionStore(() => clock.now());
  });

  it('is known by every account, as it was described last, to every process', async () => {
    const [one, other] = [new SeenPeople(store, clock), new SeenPeople(store, clock)];
    const grafana: Identity = { account: 'grafana:ada', name: 'ada', groups: [], grants: [] };
    await one.note('ada', identity);
    await one.note('ada', grafana);
    await other.note('grace', { ...identity, account: 'oidc:s9' });
    expect(await other.lastSeen('ada')).toEqual([identity, grafana]);
    expect(await other.lastSeen('nobody')).toEqual([]);
  });

  it('I8: who lost a group is known without it from the next time on', async () => {
    const seen = new SeenPeople(store, clock);
    await seen.note('ada', identity);
    await seen.note('ada', { ...identity, groups: [] });
    expect(await seen.lastSeen('ada')).toEqual([{ ...identity, groups: [] }]);
  });

  it('I8: does not count any more by what was taken out of firebreak.yaml', () => {
    expect(isStillAsked({ oidc: {} }, 'oidc:s1')).toBe(true);
    for (const account of ['grafana:ada', 'oidc', 'constructor:x', ''])
      expect(isStillAsked({ oidc: undefined }, account)).toBe(false);
  });

  it('is remembered for thirty days', async () => {
    const seen = new SeenPeople(store, clock);
    await seen.note('ada', identity);
    await clock.pass(KEEP_SEEN_MS - MINUTE);
    expect(await seen.lastSeen('ada')).toEqual([identity]);
    await clock.pass(MINUTE);
    expect(await seen.lastSeen('ada')).toEqual([]);
    await seen.note('ada', identity);
    expect(await seen.lastSeen('ada')).toEqual([identity]);
  });
});

it('I15: of the logins that strangers begin only so many are kept', async () => {
  const clock = new FakeClock();
  const passages = new Passages(new MemorySessionStore(() => clock.now()));
  const passage = { to: 'provider', idToken: 'x' } as const;
  const first = await passages.begin(passage);
  for (let more = 1; more < MOST_PASSAGES; more++) await passages.begin(passage);
  await expect(passages.begin(passage)).rejects.toMatchObject({ code: 'too-many-requests' });
  await clock.pass(PASSAGE_MS);
  expect(await passages.end(first)).toBeUndefined();
  expect(await passages.end(await passages.begin(passage))).toEqual(passage);
});
