import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.js';
import type { GrafanaSays } from './grafana-api.js';
import { GrafanaSessions, MOST_QUESTIONS, MOST_SESSIONS } from './grafana-sessions.js';

const ADA: GrafanaSays = { is: 'user', user: { login: 'ada', email: '', role: 'Admin' } };

function remembering(answer: () => GrafanaSays | Promise<GrafanaSays>) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const ask = async (session: string): Promise<GrafanaSays> => {
    asked.push(session);
    return answer();
  };
  return { clock, asked, sessions: new GrafanaSessions(ask, () => clock.now(), 30_000) };
}

describe('what Grafana said of a session', () => {
  it('counts for 30 s, and is asked again then', async () => {
    const { clock, asked, sessions } = remembering(() => ADA);
    for (const wait of [0, 1, 29_998]) {
      await clock.pass(wait);
      expect(await sessions.whose('a')).toBe(ADA);
    }
    expect(asked).toEqual(['a']);
    await clock.pass(1);
    await sessions.whose('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it.each([
    ['a no', { is: 'refused' }, 3_000],
    ['that it was away', { is: 'away', because: 'x' }, 1_000],
  ] as const)('%s counts for a shorter time', async (_what, says, ms) => {
    const { clock, asked, sessions } = remembering(() => says);
    await sessions.whose('a');
    await clock.pass(ms - 1);
    await sessions.whose('a');
    expect(asked.length).toBe(1);
    await clock.pass(1);
    await sessions.whose('a');
    expect(asked.length).toBe(2);
  });

  it('is asked once for all who want to know it at the same time, however long that takes', async () => {
    let tell: (says: GrafanaSays) => void = () => undefined;
    const { clock, asked, sessions } = remembering(() => new Promise((resolve) => (tell = resolve)));
    const all = [sessions.whose('a'), sessions.whose('a')];
    await clock.pass(60_000);
    all.push(sessions.whose('a'));
    tell(ADA);
    expect(await Promise.all(all)).toEqual([ADA, ADA, ADA]);
    expect(asked).toEqual(['a']);
  });

  it('I15: made-up sessions fill no memory and are no flood of Grafana', async () => {
    const { asked, sessions } = remembering(() => ADA);
    for (let i = 0; i <= MOST_SESSIONS; i++) await sessions.whose(`s${i}`);
    await sessions.whose('s1');
    expect(asked.length).toBe(MOST_SESSIONS + 1);
    await sessions.whose('s0');
    expect(asked.length).toBe(MOST_SESSIONS + 2);

    const waiting: ((says: GrafanaSays) => void)[] = [];
    const slow = remembering(() => new Promise((resolve) => void waiting.push(resolve)));
    const many = Array.from({ length: MOST_QUESTIONS }, (_, i) => slow.sessions.whose(`s${i}`));
    expect(await slow.sessions.whose('one too many')).toMatchObject({ is: 'away' });
    expect(slow.asked.length).toBe(MOST_QUESTIONS);
    for (const tell of waiting) tell(ADA);
    await Promise.all(many);
    const later = slow.sessions.whose('one too many');
    waiting.at(-1)?.(ADA);
    expect(await later).toBe(ADA);
  });
});
