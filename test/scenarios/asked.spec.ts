import { describe, expect, it } from 'vitest';
import { approve, broken, counted, MINUTE, newest, runbook, SECOND, story, toldOf } from './told-kit.js';
import { watchedFirebreak } from './watched-firebreak.js';

describe('who must agree reads', () => {
  it('what would change, how risky it is, what taking it back would do, who is needed and until when', async () => {
    const approval = '  approval: { required: 2, roles: [sre, business], within: 15m }';
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ mode: 'approve', more: approval }) } });
    small.world.target.values.set('shop', 'broken');
    await small.post(broken());
    await small.world.pass(SECOND);
    const execution = await newest(small);
    expect(toldOf(small, 'awaiting-approval')).toEqual([
      {
        id: `${execution?.id}-awaiting-approval-1793535300000`,
        event: 'awaiting-approval',
        title: 'fix on service/shop waits for approval',
        text: [
          'What it would do:',
          '- set: set shop to fixed-by-fix',
          '  shop value: "broken" -> "fixed-by-fix"',
          'Risk: low.',
          'Taking it back would do:',
          '- shop value: "fixed-by-fix" -> "broken"',
          'Who must agree: 2 people, one for each of the roles sre, business.',
          'Until: 2026-11-01 12:15:00 UTC; then it is closed and nothing is changed.',
        ].join('\n'),
        link: `http://firebreak.example.org/executions/${execution?.id}/approve`,
        execution: {
          id: execution?.id,
          runbook: 'fix',
          target: 'service/shop',
          phase: 'awaiting-approval',
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });

  it('what is different, when it is asked again because the plan has changed', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ mode: 'approve' }) } });
    small.world.target.values.set('shop', 'broken');
    await small.post(broken());
    await small.world.pass(MINUTE);
    small.world.target.values.set('shop', 'worse');
    await approve(small);
    const [first, again, ...more] = toldOf(small, 'awaiting-approval');
    expect(more).toEqual([]);
    expect(again?.id).not.toBe(first?.id);
    expect(again?.title).toBe('fix on service/shop waits for approval again: the plan is another one now');
    expect(again?.text).toContain(
      'What is different from the plan before:\n- step set: shop value: from "worse" to "fixed-by-fix", was from "broken" to "fixed-by-fix"',
    );
    expect(story(small)).toContain('info: planned: asked again, the plan has changed');
  });

  it('takes no longer, as the figures have it, than until enough people agree', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ mode: 'approve' }) } });
    await small.post(broken());
    await small.world.pass(MINUTE);
    await approve(small);
    expect((await newest(small))?.state).toMatchObject({ outcome: 'succeeded' });
    const waits = await counted(small.metrics, 'firebreak_approval_wait_seconds');
    expect(waits.filter(({ labels }) => !('le' in labels))).toEqual([
      { labels: { runbook: 'fix', decision: 'approved' }, value: 60 },
      { labels: { runbook: 'fix', decision: 'approved' }, value: 1 },
    ]);
  });

  it('that it cannot be taken back, where it cannot', async () => {
    const more = '  onUnhealthy: hold';
    const small = await watchedFirebreak({
      runbooks: { fix: runbook({ mode: 'approve', uses: 'pretend/burn', more }) },
    });
    await small.post(broken());
    await small.world.pass(SECOND);
    expect(toldOf(small, 'awaiting-approval')[0]?.text).toContain('Cannot be taken back: set.');
    expect(toldOf(small, 'awaiting-approval')[0]?.text).not.toContain('Taking it back');
  });
});
