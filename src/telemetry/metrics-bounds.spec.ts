import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectedMetrics as connected } from '../testing/metrics-examples.js';

describe('the metrics, whatever happens,', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('I15: name no more than twenty numbers of one answer', async () => {
    const values = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`n${i}`, i]));
    const text = await connected({
      probes: () => [{ probe: 'p', last: { status: 'healthy', values } }],
    }).written('text');
    expect(text.match(/^firebreak_probe_value\{/gm)).toHaveLength(20);
  });

  it('can be scraped while the store is away', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('Redis is away'));
    const text = await connected({
      openByPhase: away,
      present: away,
      oldestDueSeconds: away,
      queueJobs: away,
      pausesByScope: away,
      storms: away,
      capped: away,
    }).written('text');
    expect(text).toContain('firebreak_runbooks_loaded 3');
    for (const name of ['oldest_due_seconds', 'storms_active', 'executions_open', 'pending_approval_info'])
      expect(text).not.toMatch(new RegExp(`^firebreak_${name}[ {]`, 'm'));
  });

  it('can be scraped while somebody who is asked never answers, and ask him once only', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let asked = 0;
    const metrics = connected({
      queueJobs: () => {
        asked++;
        return new Promise(() => undefined);
      },
    });
    for (let scrape = 0; scrape < 2; scrape++) {
      const written = metrics.written('text');
      await vi.advanceTimersByTimeAsync(2_000);
      const text = await written;
      expect(text).toContain('firebreak_runbooks_loaded 3');
      expect(text).not.toMatch(/^firebreak_queue_jobs\{/m);
    }
    expect(asked).toBe(1);
  });

  it('I15: have so many series at most as docs/operations.md says', () => {
    const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const [, said = ''] = /^At most ([\d,]+) series of Firebreak's own/m.exec(docs) ?? [];
    const most = Number(said.replaceAll(',', ''));
    expect(connected().mostSeries).toBeLessThanOrEqual(most);
    expect(connected().mostSeries).toBeGreaterThan(most * 0.8);
  });

  it('I15: name no more than a hundred scopes and runbooks, whatever happens', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `target:${i}`);
    const text = await connected({
      pausesByScope: async () => many,
      capped: async () => many.map((runbook) => ({ runbook, to: 'observe' })),
    }).written('text');
    expect(text.match(/^firebreak_pauses_active\{/gm)).toHaveLength(101);
    expect(text).toContain('firebreak_pauses_active{scope="others"} 900');
    expect(text.match(/^firebreak_runbook_mode_capped\{/gm)).toHaveLength(100);
  });
});
