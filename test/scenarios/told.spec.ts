import { describe, expect, it } from 'vitest';
import { broken, counted, HARM, incident, MINUTE, runbook, story, toldOf, VERIFY } from './told-kit.js';
import { watchedFirebreak } from './watched-firebreak.js';

describe('a runbook that loses trust', () => {
  it('is told of when it did not help three times in a row, and asks from then on', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ more: VERIFY }) } });
    small.world.target.measurement = { status: 'unhealthy', detail: '0.1 is not > 0.9' };
    for (const service of ['a', 'b', 'c']) await incident(small, service);
    expect(toldOf(small, 'lowered')).toMatchObject([
      {
        id: expect.stringMatching(/^lowered-fix-x.*-approve$/),
        title: 'fix asks a person first from now on: it did not help three times in a row',
        text: expect.stringMatching(
          /^It was auto\.\nLast: x\S+ on service\/c, being taken back: 0.1 is not > 0.9\.\n.* POST \/api\/v1\/runbooks\/fix\/trust$/,
        ),
      },
    ]);
    expect(story(small).filter((line) => line.includes('trust'))).toEqual([
      'warn: the runbook did not help three times in a row: until a person restores its trust it goes no further than approve',
    ]);
    await incident(small, 'd');
    expect(story(small)).toContain('warn: planned: now awaiting-approval, lowered from auto to approve');
    expect(toldOf(small, 'awaiting-approval')[0]?.text).toMatch(
      /^Asked although the runbook says auto: it did not help three times in a row \(since x/,
    );
    expect(toldOf(small, 'lowered')).toHaveLength(1);
    expect(await counted(small.metrics, 'firebreak_trust_lost_total')).toEqual([
      { labels: { runbook: 'fix', why: 'not-verified' }, value: 1 },
    ]);
  });

  it('calls a person at once when it did harm', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ more: HARM }) } });
    await small.post(broken());
    small.world.clock.after(1, () => {
      small.world.target.measurement = { status: 'unhealthy', detail: '30 % errors' };
    });
    await small.world.pass(MINUTE);
    expect(toldOf(small, 'lowered')[0]?.title).toBe('fix only observes from now on: its change did harm');
    expect(story(small).filter((line) => line.startsWith('error'))).toEqual([
      'error: the runbook did harm: until a person restores its trust it goes no further than observe',
    ]);
  });
});

describe('an alert that comes back although it was repaired again and again', () => {
  it('is told of as a problem, once, with what was done and how it ended', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ more: VERIFY }) } });
    for (let i = 0; i < 3; i++) {
      await incident(small);
      // not so soon that it is taken for a loop
      await small.world.pass(60 * MINUTE);
    }
    const [problem, ...more] = toldOf(small, 'problem');
    expect(more).toEqual([]);
    expect(problem?.title).toBe('Broken on service/shop comes back again and again');
    expect(problem?.text.replaceAll(/x[0-9a-z]+-[0-9a-f]+/g, '<id>')).toBe(
      [
        'fix has repaired it 2 times within 7d, and it is back. This needs a fix of the cause.',
        'From now on a person is asked each time.',
        'Alert: {alertname="Broken", service="shop"}',
        'What was done:',
        '- 2026-11-01 12:00:00 UTC, <id>: succeeded: applied and verified: all is well',
        '- 2026-11-01 13:02:00 UTC, <id>: succeeded: applied and verified: all is well',
      ].join('\n'),
    );
    expect(toldOf(small, 'awaiting-approval')[0]?.text).toMatch(
      /^Asked although the runbook says auto: the alert keeps coming back \(repaired 2 times/,
    );
    await incident(small);
    expect(toldOf(small, 'awaiting-approval')).toHaveLength(2);
    expect(toldOf(small, 'problem')).toHaveLength(1);
  });
});

describe('a target that is frozen', () => {
  it('calls a person once, says why and how to lift it; frozen again it calls again', async () => {
    const small = await watchedFirebreak({
      runbooks: { fix: runbook().replace(', recurrence: { limit: 2, per: 7d }', '') },
    });
    small.lookout().start();
    for (let i = 0; i < 4; i++) await incident(small);
    const [frozen, ...more] = toldOf(small, 'frozen');
    expect(more).toEqual([]);
    const [pause] = await small.world.store.pauses();
    expect(frozen?.title).toBe('service/shop is frozen: a person must look');
    expect(frozen?.text.split('\n')).toEqual([
      expect.stringMatching(/^The alert came back 3 times after it was answered, last by x\S+\.$/),
      'Repairs and alert go in a circle; perhaps the repair itself is what does it. Find that out first.',
      `Nothing is begun on service/shop until a person lifts the pause ${pause?.id}: DELETE /api/v1/pauses/${pause?.id}`,
    ]);
    expect(story(small).filter((line) => line.startsWith('error'))).toEqual([
      'error: a target is frozen: nothing is begun on it until a person lifts the pause',
    ]);
    await small.world.store.liftPause(pause?.id ?? '', { by: 'ada', reason: 'looked at it' });
    await incident(small);
    expect(toldOf(small, 'frozen')).toHaveLength(2);
    expect(toldOf(small, 'frozen')[1]?.id).not.toBe(frozen?.id);
  });
});

describe('a runbook that did not help', () => {
  const next = runbook({ name: 'next', alert: 'OnlyNext' });
  it.each([
    ['is told of with the next one', next, 'next comes next', /^next was opened for the same alert: x/, 'opened'],
    [
      'is told of when the next one may not act either',
      next.replace('{ cooldown: 0s,', '{ cooldown: 0s, windows: { only: ["Mon 08:00-09:00 UTC"] },'),
      'next could not be opened',
      /^outside-window: .*\nNothing more is done by itself, and the alert still fires\.$/,
      'refused',
    ],
  ])('%s', async (_, other, title, text, result) => {
    const more = `${VERIFY}\n  escalate: next`;
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ more }), next: other } });
    small.world.target.measurement = { status: 'unhealthy', detail: 'still down' };
    await small.post(broken());
    await small.world.pass(MINUTE);
    expect(toldOf(small, 'escalated')).toMatchObject([
      { title: `fix on service/shop did not help: ${title}`, text: expect.stringMatching(text) },
    ]);
    expect(story(small)).toContain(
      result === 'opened'
        ? 'info: did not help: next was opened'
        : 'warn: did not help, and next could not be opened: nothing more is done by itself',
    );
    expect(await counted(small.metrics, 'firebreak_escalations_total')).toEqual([
      { labels: { runbook: 'fix', to: 'next', result }, value: 1 },
    ]);
  });
});

describe('an escalation', () => {
  it('opens the next runbook once, also when the worker dies before it could note it', async () => {
    const more = `${VERIFY}\n  escalate: next`;
    const runbooks = { fix: runbook({ more }), next: runbook({ name: 'next', alert: 'OnlyNext' }) };
    const small = await watchedFirebreak({ runbooks });
    const { world } = small;
    world.target.measurement = { status: 'unhealthy', detail: 'still down' };
    world.crash('worker-1', 'before-save-escalation');
    await small.post(broken());
    await world.pass(MINUTE);
    expect(world.isDown('worker-1')).toBe(true);
    world.startWorker('worker-2');
    await world.pass(MINUTE);
    const [next, ...rest] = (await world.store.list({ runbook: 'next', limit: 10 })).items;
    expect(rest).toEqual([]);
    const [before] = (await world.store.list({ runbook: 'fix', limit: 10 })).items;
    expect(before?.escalation).toEqual({ is: 'opened', runbook: 'next', executionId: next?.id });
    expect(next?.escalatedFrom).toBe(before?.id);
  });
});

describe('the person on call', () => {
  it('reads the story of a change that did not help and cannot be judged, and what to do', async () => {
    const small = await watchedFirebreak({ runbooks: { fix: runbook({ more: VERIFY }) } });
    small.world.target.measurement = { status: 'unknown', detail: 'no data' };
    await small.post(broken());
    await small.world.pass(MINUTE);
    expect(story(small)).toEqual([
      'info: planned: now applying',
      'info: apply-intended',
      'info: applied: now verifying',
      'info: sampled',
      'info: sampled',
      'error: held: a person must decide (retry, revert or accept)',
    ]);
    expect(toldOf(small, 'held')).toMatchObject([
      {
        title: 'fix on service/shop is held: a person must decide',
        text: 'nobody can say whether the change helped: no data.\nNothing goes on by itself. Look at service/shop, then retry, revert or accept.',
      },
    ]);
  });
});
