import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from './alert.js';
import { fired, NO_EPISODE, resolved, type Episode } from './episode.js';

/** One delivered alert, in seconds: when it began, and when it ended if it is over. */
interface Delivery {
  readonly startsAt: Instant;
  readonly endsAt?: Instant;
}
const firing = (startsAt: Instant): Delivery => ({ startsAt });
const over = (startsAt: Instant, endsAt: Instant): Delivery => ({ startsAt, endsAt });

function take(episode: Episode, { startsAt, endsAt }: Delivery): { news: string; next: Episode } {
  return endsAt === undefined ? fired(episode, startsAt) : resolved(episode, endsAt);
}

/** What each delivery means, one after the other. */
function tell(deliveries: readonly Delivery[]): { news: string[]; episode: Episode } {
  let episode = NO_EPISODE;
  const news = deliveries.map((one) => {
    const taken = take(episode, one);
    episode = taken.next;
    return taken.news;
  });
  return { news, episode };
}

describe('I3: what Alertmanager was seen to deliver', () => {
  it.each<[story: string, deliveries: Delivery[], news: string[]]>([
    ['one incident', [firing(10), over(10, 20)], ['new', 'over']],
    ['repeats', [firing(10), firing(10), firing(10), over(10, 20)], ['new', 'same', 'same', 'over']],
    ['the notification log lost by kill -9: firing again', [firing(10), firing(10)], ['new', 'same']],
    [
      'both of a slow pair deliver the same',
      [firing(10), firing(10), over(10, 20), over(10, 20)],
      ['new', 'same', 'over', 'noted'],
    ],
    [
      'slow flapping: each firing is an incident',
      [firing(10), over(10, 20), firing(30), over(30, 40)],
      ['new', 'over', 'new', 'over'],
    ],
    ['a hidden flap: startsAt has moved, no resolve in between', [firing(10), firing(50)], ['new', 'same']],
    ['the second Prometheus saw it 7 s earlier', [firing(10), firing(3)], ['new', 'same']],
    ['the second Prometheus saw it 40 ms later', [firing(10), firing(10.04)], ['new', 'same']],
    [
      'a retry delivers firing after it resolved, then resolved',
      [over(10, 13), firing(10), over(10, 13)],
      ['noted', 'stale', 'noted'],
    ],
    [
      'a healthy pair, incident of 8 s: the second pair comes 15 s late',
      [firing(10), over(10, 18), firing(10), over(10, 18)],
      ['new', 'over', 'stale', 'noted'],
    ],
    [
      'a split mesh that heals, its clocks 40 ms apart',
      [firing(10), over(10, 20), firing(10.04), over(10.04, 20.04)],
      ['new', 'over', 'stale', 'noted'],
    ],
    ['one path broken: resolved twice, never firing', [over(10, 20), over(10, 20)], ['noted', 'noted']],
    ['a silence swallowed the resolve; it fires again', [firing(10), firing(90)], ['new', 'same']],
    [
      'the resolve of the incident before comes late',
      [firing(30), over(10, 20), over(30, 40)],
      ['new', 'noted', 'over'],
    ],
    ['fires again in the moment in which it ended', [firing(10), over(10, 20), firing(20)], ['new', 'over', 'stale']],
    ['fires again right after it ended', [firing(10), over(10, 20), firing(21)], ['new', 'over', 'new']],
  ])('%s', (_story, deliveries, news) => expect(tell(deliveries).news).toEqual(news));

  it('counts hidden flaps and remembers the first and the last beginning', () => {
    const { episode } = tell([firing(10), firing(50), firing(3), firing(90)]);
    expect(episode).toEqual({ open: true, firstStartsAt: 3, lastStartsAt: 90, tombstone: -1, hiddenFlaps: 2 });
  });

  it('begins the next episode afresh and keeps the tombstone', () => {
    const { episode } = tell([firing(10), firing(50), over(50, 60), firing(70)]);
    expect(episode).toEqual({ open: true, firstStartsAt: 70, lastStartsAt: 70, tombstone: 60, hiddenFlaps: 0 });
  });
});

describe('I3: whatever the order and number of deliveries', () => {
  /** Incidents one after the other, each with a pause before it. */
  const series = fc.array(
    fc.record({ pause: fc.integer({ min: 1, max: 20 }), length: fc.integer({ min: 0, max: 20 }) }),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const deliveries = series.chain((parts) => {
    let at = 0;
    const all = parts.flatMap(({ pause, length }) => {
      const startsAt = at + pause;
      at = startsAt + length;
      return [firing(startsAt), over(startsAt, at)];
    });
    return fc.array(fc.constantFrom(...all), { maxLength: 40 });
  });

  it('no incident is opened twice', () => {
    const property = fc.property(deliveries, (all) => {
      const { news } = tell(all);
      const opened = all.filter((_, i) => news[i] === 'new').map((one) => one.startsAt);
      expect(new Set(opened).size).toBe(opened.length);
    });
    fc.assert(property, { numRuns: 5_000 });
  });

  it('no incident is opened after a resolve of it or of a later one was delivered', () => {
    const property = fc.property(deliveries, (all) => {
      const { news } = tell(all);
      const known = (i: number): number => Math.max(-1, ...all.slice(0, i).map((one) => one.endsAt ?? -1));
      all.forEach((one, i) => {
        if (news[i] === 'new') expect(one.startsAt).toBeGreaterThan(known(i));
      });
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('the tombstone never falls, and a delivery repeated at once changes nothing but is never new', () => {
    const property = fc.property(deliveries, (all) => {
      let episode = NO_EPISODE;
      for (const one of all) {
        const { next } = take(episode, one);
        expect(next.tombstone).toBeGreaterThanOrEqual(episode.tombstone);
        const again = take(next, one);
        expect(again.next).toEqual(next);
        expect(['same', 'stale', 'noted']).toContain(again.news);
        episode = next;
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
