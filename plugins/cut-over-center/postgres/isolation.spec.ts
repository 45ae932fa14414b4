import { describe, expect, it } from 'vitest';
import type { Heartbeat } from './heartbeat.js';
import { judgeIsolation, sayLoss } from './isolation.js';
import type { ServerState } from './state.js';
import { waitsFor } from './sync-names.js';
import { Watch } from './watch.js';

const NOW = 1_000_000_000;

function beat(differs: Partial<Heartbeat> = {}): Heartbeat {
  const held = { names: '"b"', commits: 'on', relaxed: [], standbys: ['b'] };
  return { node: 'a', at: NOW - 5_000, position: 1_000n, rate: 1_000, ...held, ...differs };
}

function standby(differs: Partial<ServerState> = {}): ServerState {
  return {
    name: 'b',
    system: '7',
    standby: true,
    timeline: 1,
    open: ['orders'],
    missing: [],
    others: [],
    names: '',
    namesSet: null,
    namesPending: false,
    written: 1_000n,
    settled: 1_000n,
    settledAt: NOW - 4_000,
    now: NOW,
    paused: false,
    pingsAfter: 1_000,
    followers: [],
    ...differs,
  };
}

const judged = (heartbeat: Heartbeat | undefined, to = standby(), agreed?: number) =>
  judgeIsolation(heartbeat, 'a', to, new Watch(), agreed);

describe('a primary that can not be reached', () => {
  it('has acknowledged nothing that its standby lacks, when the standby was its synchronous one up to the loss', () => {
    expect(judged(beat())).toEqual({ isolation: { beat: NOW - 5_000, lossless: true, seconds: 0, bytes: 0 } });
  });

  it.each<[string, Heartbeat | undefined, Partial<ServerState>]>([
    ['nobody has watched it', undefined, {}],
    ['another one was the primary', beat({ node: 'c' }), {}],
    ['it insisted on nobody', beat({ names: '' }), {}],
    ['it took any one of two', beat({ names: 'ANY 1 (b, c)' }), {}],
    ['it waited for nothing', beat({ commits: 'local' }), {}],
    ['it waited for the memory of its standby only', beat({ commits: 'remote_write' }), {}],
    ['a role waits for less', beat({ relaxed: ['orders/app'] }), {}],
    ['the standby was not there', beat({ standbys: [] }), {}],
    ['two called themselves so', beat({ standbys: ['b', 'b'] }), {}],
    ['the standby got commits long after the last heartbeat', beat(), { settledAt: NOW + 6_000, now: NOW + 6_000 }],
    ['the last heartbeat is old, and nobody saw the loss', beat({ at: NOW - 61_000 }), { settledAt: NOW - 60_000 }],
    [
      'the last heartbeat is of the future, so one of the clocks is wrong',
      beat({ at: NOW + 1_500 }),
      { settledAt: NOW },
    ],
  ])('may have, when %s', (_, heartbeat, differs) => {
    const { isolation, because } = judged(heartbeat, standby(differs));
    expect(isolation.lossless).toBe(false);
    expect(because).not.toBeUndefined();
  });

  it('is judged once: the time that an approval takes does not make the evidence worse, what the standby gets does', () => {
    const old = beat({ at: NOW - 900_000 });
    expect(judged(old, standby({ settledAt: NOW - 899_000 }), old.at).isolation.lossless).toBe(true);
    expect(judged(old, standby({ settledAt: NOW }), old.at).isolation.lossless).toBe(false);
  });

  it('may have acknowledged what came after the last commit that the standby has', () => {
    const { isolation } = judged(beat({ names: '' }), standby({ settledAt: NOW - 4_200 }));
    expect(isolation).toMatchObject({ seconds: 5, bytes: 65_536 });
    expect(sayLoss(isolation)).toBe('of the last 5 s, about 64 KiB');
  });

  it('may have acknowledged anything, when clocks differ: not even an agreement makes evidence of it', () => {
    const ahead = beat({ at: NOW + 90_000 });
    const { isolation } = judged(ahead, standby({ settledAt: NOW + 90_000 }), ahead.at);
    expect(isolation).toEqual({ beat: ahead.at, lossless: false, seconds: null, bytes: null });
    expect(judged(beat({ at: NOW + 900 }), standby({ settledAt: NOW + 900 })).isolation.lossless).toBe(true);
  });

  it('may have acknowledged anything, when nothing is known', () => {
    const { settledAt: _, ...never } = standby();
    expect(sayLoss(judged(undefined, never).isolation)).toBe('nobody knows how far back');
  });
});

describe('synchronous_standby_names', () => {
  it.each([
    ['b', true],
    ['"b"', true],
    ['B', true],
    ['FIRST 1 (b)', true],
    ['any 2 (b, "c")', true],
    ['2 (c, b)', true],
    ['', false],
    ['*', false],
    ['b, c', false],
    ['FIRST 1 (b, c)', false],
    ['ANY 1 (b, c)', false],
    ['2 (b, *)', false],
    ['bb', false],
    ['"b,c"', false],
  ])('%s insists on b: %s', (names, insists) => {
    expect(waitsFor(names, 'b')).toBe(insists);
  });
});
