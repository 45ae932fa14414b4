import { describe, expect, it } from 'vitest';
import type { Token } from '../../config/tokens.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { endingsOf, TokenEndings } from './token-endings.js';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-01T12:00:00Z');

const token = (name: string, days?: number): Token => ({
  name,
  roles: [],
  sha256: '',
  until: days === undefined ? undefined : NOW + days * DAY_MS,
});

describe('tokens that end', () => {
  it('are spoken of for the last 14 days, and from then on', () => {
    const tokens = [token('ever'), token('late', 15), token('soon', 14), token('now', 0), token('over', -3)];
    expect(endingsOf(tokens, NOW)).toEqual([
      'the token "soon" ends in 14 d, at 2026-11-15T12:00:00.000Z: make another one with "firebreak token new"',
      expect.stringContaining('the token "now" has ended at 2026-11-01T12:00:00.000Z and is refused'),
      expect.stringContaining('the token "over" has ended at 2026-10-29T12:00:00.000Z and is refused'),
    ]);
  });

  it('are in the log at the start and every day, until the service stops', async () => {
    const clock = new FakeClock(NOW);
    const lines: string[] = [];
    const warn = (_fields: object, message: string): void => void lines.push(message.slice(0, 29));
    const endings = new TokenEndings({ tokens: [token('ann', 16)] }, clock, { warn });
    endings.onApplicationBootstrap();
    expect(lines).toEqual([]);
    await clock.pass(17 * DAY_MS);
    expect(lines).toHaveLength(16);
    expect(lines[0]).toBe('the token "ann" ends in 14 d,');
    expect(lines.slice(-2)).toEqual(['the token "ann" has ended at ', 'the token "ann" has ended at ']);
    endings.onApplicationShutdown();
    await clock.pass(17 * DAY_MS);
    expect(lines).toHaveLength(16);
  });
});
