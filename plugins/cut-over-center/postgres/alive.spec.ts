import { describe, expect, it } from 'vitest';
import { refuseAlive } from './alive.js';
import type { ServerState } from './state.js';

const NOW = 1_000_000;

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
    now: NOW,
    paused: false,
    pingsAfter: 1_000,
    followers: [],
    ...differs,
  };
}

/** Asks about a standby that is `first` at first, and then as the others say; the last one stays. */
async function asked(first: ServerState, ...then: ServerState[]): Promise<number> {
  let looks = 0;
  const state = async () => then[Math.min(looks++, then.length - 1)] ?? first;
  await refuseAlive(new AbortController().signal, { cluster: { state }, to: first }, 'a');
  return looks;
}

describe('a primary that can not be reached, and its standby', () => {
  it('I9: may be alive as long as the standby has not asked it for an answer, however long the silence', async () => {
    const idle = standby({ pingsAfter: 30_000, heardAgo: 13_000 });
    await expect(asked(idle)).rejects.toMatchObject({ code: 'still-alive', again: true });
  });

  it('I9: is alive when the standby hears from it while it is listened to', async () => {
    const silent = standby({ heardAgo: 900 });
    const heard = standby({ now: NOW + 300, heardAgo: 20 });
    await expect(asked(silent, heard)).rejects.toThrow('a is alive: b still receives from it');
  });

  it('is not alive when it gives the standby no answer in time', async () => {
    expect(await asked(standby({ heardAgo: 1_251 }))).toBe(0);
    const looks = [1_100, 1_200, 1_300].map((heardAgo) => standby({ now: NOW + heardAgo - 1_000, heardAgo }));
    expect(await asked(standby({ heardAgo: 1_000 }), ...looks)).toBe(3);
  });

  it('is not alive when the standby follows nobody any more', async () => {
    const { heardAgo: _, ...alone } = standby({ heardAgo: 10 });
    expect(await asked(alone)).toBe(0);
    expect(await asked(standby({ heardAgo: 10 }), alone)).toBe(1);
  });
});
