import type { Instant } from './alert.js';

/**
 * What is known about the incidents of one alert (one fingerprint). Alertmanager repeats, delivers late and out of order,
 * and two Prometheus disagree about `startsAt`; this small state machine tells a new incident from all of that
 * (docs/adr/0002-one-episode.md).
 */
export interface Episode {
  readonly open: boolean;
  /** Earliest and latest `startsAt` seen in the present episode. */
  readonly firstStartsAt: Instant;
  readonly lastStartsAt: Instant;
  /** The latest `endsAt` of any resolve: whatever started before it is old news. */
  readonly tombstone: Instant;
  /** How often `startsAt` moved forward while the episode was open: resolves that nobody told us of. */
  readonly hiddenFlaps: number;
}

/** What a firing alert means to the episode. */
export type FiringNews = 'new' | 'same' | 'stale';

/** What a resolved alert means to the episode. */
export type ResolvedNews = 'over' | 'noted';

/** Nothing is known of this alert yet. */
export const NO_EPISODE: Episode = { open: false, firstStartsAt: 0, lastStartsAt: 0, tombstone: -1, hiddenFlaps: 0 };

/** How long an episode is remembered after the last word of it; longer than twice any sensible repeat interval. */
export const EPISODE_MEMORY_MS = 7 * 86_400_000;

/** How long an open episode is remembered when nobody ever says that it is over. */
export const OPEN_EPISODE_MEMORY_MS = 30 * 86_400_000;

/** Takes in a firing alert. */
export function fired(episode: Episode, startsAt: Instant): { readonly news: FiringNews; readonly next: Episode } {
  if (episode.open) {
    const moved = startsAt > episode.lastStartsAt;
    const next = {
      ...episode,
      firstStartsAt: Math.min(episode.firstStartsAt, startsAt),
      lastStartsAt: Math.max(episode.lastStartsAt, startsAt),
      hiddenFlaps: episode.hiddenFlaps + (moved ? 1 : 0),
    };
    return { news: 'same', next };
  }
  if (startsAt <= episode.tombstone) return { news: 'stale', next: episode };
  const next = {
    open: true,
    firstStartsAt: startsAt,
    lastStartsAt: startsAt,
    tombstone: episode.tombstone,
    hiddenFlaps: 0,
  };
  return { news: 'new', next };
}

/** Takes in a resolved alert; one that ended before the present episode last started is old news. */
export function resolved(episode: Episode, endsAt: Instant): { readonly news: ResolvedNews; readonly next: Episode } {
  const tombstone = Math.max(episode.tombstone, endsAt);
  if (!episode.open || endsAt < episode.lastStartsAt) return { news: 'noted', next: { ...episode, tombstone } };
  return { news: 'over', next: { ...episode, open: false, tombstone } };
}
