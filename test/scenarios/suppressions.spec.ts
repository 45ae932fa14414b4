import { describe, expect, it } from 'vitest';
import { smallFirebreak } from './small-firebreak.js';
import { MINUTE, STORIES, withoutIds, type Story } from './suppression-stories.js';

/** What is decided about the last alert of a story, and what was written at the target for it. */
async function told(story: Story, withPast: boolean) {
  const small = await smallFirebreak(story);
  const { world, post } = small;
  if (withPast) await story.before?.(small);
  const past = world.target.writes.length;
  const { alerts } = await post(story.alert);
  await world.pass(30 * MINUTE);
  const fingerprint = alerts[0]?.alert.fingerprint ?? '';
  const written = world.target.writes.slice(past).filter(({ name }) => name === fingerprint);
  return { small, fingerprint, decisions: alerts.flatMap((one) => one.decisions), written };
}

describe('every reason for doing nothing', () => {
  const stories = Object.entries<Story>(STORIES);

  it.each(stories)('%s: is decided from real files and a webhook, with its numbers', async (because, story) => {
    const { small, fingerprint, decisions, written } = await told(story, true);
    expect(decisions).toMatchObject([{ decision: story.decision ?? 'suppressed', because }]);
    expect(withoutIds(decisions[0]?.detail)).toBe(story.detail);
    expect(written).toEqual([]);
    expect(await small.world.store.decisions({ fingerprint, limit: 1 })).toEqual(decisions);
  });

  it.each(stories)('%s: is the only thing that stood in the way', async (_because, story) => {
    const { decisions } = await told({ ...story, ...story.otherwise }, false);
    expect(decisions).toMatchObject([{ decision: 'opened' }]);
  });

  it('no-runbook: says why for news only, so that a repeat costs nothing', async () => {
    const { post } = await smallFirebreak(STORIES['no-runbook']);
    const details = async (): Promise<unknown> =>
      (await post({ ...STORIES['no-runbook'].alert, startsAt: 0 })).alerts[0]?.decisions[0]?.detail;
    expect(await details()).toMatch(/^no runbook matches: fix/);
    expect(await details()).toBeUndefined();
  });
});
