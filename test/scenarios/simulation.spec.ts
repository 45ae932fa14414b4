import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Received } from '../../src/intake/intake.js';
import { ADVICE } from '../../src/core/suppressions.js';
import { given, MADE, payloads, steps, take } from './model/payloads.js';
import { smallFirebreak, type SmallFirebreak } from './small-firebreak.js';
import { MINUTE, PAY, runbook, SHOP, STORIES, withoutIds, type Story } from './suppression-stories.js';

const everything = ({ world }: SmallFirebreak): string =>
  inspect([world.store, world.target.writes, world.target.values], { depth: null, maxArrayLength: null });

describe('a simulation', () => {
  const stories = Object.entries<Story>(STORIES);

  it.each(stories)('%s: says the same as is decided afterwards, and touches nothing', async (because, story) => {
    const small = await smallFirebreak(story);
    await story.before?.(small);
    const before = everything(small);
    const [simulated] = await small.simulate(story.alert);
    expect(everything(small)).toBe(before);
    const would = story.decision === 'noted' ? 'note' : 'suppress';
    expect(simulated?.decisions).toMatchObject([{ would, because, toDo: Reflect.get(ADVICE, because) }]);
    expect(withoutIds(simulated?.decisions[0]?.detail)).toContain(story.detail);
    const { alerts } = await small.post(story.alert);
    expect(simulated?.decisions[0]?.detail).toContain(alerts[0]?.decisions[0]?.detail);
    expect(simulated?.fate).toEqual({ fate: story.decision ?? 'suppressed', because });
  });

  it.each(stories)('%s: says that it would be opened where nothing stands in the way', async (_because, story) => {
    const small = await smallFirebreak({ ...story, ...story.otherwise });
    const [simulated] = await small.simulate({ ...story, ...story.otherwise }.alert);
    expect(simulated?.decisions).toMatchObject([{ would: 'open', next: expect.stringMatching(/^it would /) }]);
  });

  it('asks what must be so before, and says that it would end at once when it is not', async () => {
    const small = await smallFirebreak({
      runbooks: { fix: runbook({ guards: `require: [{ probe: pretend/state }]` }) },
    });
    const simulated = async () => (await small.simulate({ labels: SHOP }))[0]?.decisions;
    expect(await simulated()).toMatchObject([{ would: 'open', next: 'it would begin by itself' }]);
    small.world.target.measurement = { status: 'unhealthy', value: 0, detail: 'the replica lags' };
    expect(await simulated()).toMatchObject([
      {
        would: 'open',
        plan: { blocked: 'precondition: pretend/state: the replica lags' },
        next: 'it would end at once, because a precondition does not hold',
      },
    ]);
  });

  it('goes as far as the runbook is still trusted to go, and says why', async () => {
    const verify = `  verify: { probe: pretend/state, with: {}, every: 1s, healthy: 1, unhealthy: 1, within: 1m }`;
    const small = await smallFirebreak({ runbooks: { fix: runbook({ more: verify }) } });
    small.world.target.measurement = { status: 'unhealthy', value: 0, detail: 'still broken' };
    for (const service of ['a', 'b', 'c']) {
      await small.post({ labels: { ...SHOP, service } });
      await small.world.pass(MINUTE);
    }
    const [simulated] = await small.simulate({ labels: SHOP });
    expect(simulated?.decisions).toMatchObject([
      {
        mode: 'approve',
        lowered: { from: 'auto', to: 'approve', why: 'not-verified' },
        next: 'it would wait up to 15 min for 1 (approver) to approve, and then begin, and be judged by pretend/state',
      },
    ]);
  });

  it('says which executions the end of an alert would close, and which not', async () => {
    const small = await smallFirebreak({ runbooks: { fix: runbook({ mode: 'approve' }) } });
    await small.post({ labels: SHOP });
    await small.world.pass(MINUTE);
    const over = { labels: SHOP, startsAt: small.world.clock.now() - MINUTE, endsAt: small.world.clock.now() };
    const [first, second] = await small.simulate(over, { ...over, labels: PAY });
    expect(first).toMatchObject({ fate: { fate: 'closed' }, decisions: [{ would: 'close', runbook: 'fix' }] });
    expect(second).toMatchObject({ fate: { fate: 'noted' }, decisions: [{ would: 'note' }] });
  });

  it('counts what the earlier alerts of the same payload would have used up', async () => {
    const services = ['a', 'b', 'c', 'd'].map((service) => ({ labels: { ...SHOP, service } }));
    const simulated = async (guards: string): Promise<unknown> => {
      const small = await smallFirebreak({ runbooks: { fix: runbook({ guards }) } });
      const said = (await small.simulate(...services)).map(({ decisions: [one] }) => one?.detail ?? one?.would);
      const { alerts } = await small.post(...services);
      const decided = alerts.map(({ decisions: [one] }) => one?.detail ?? one?.decision);
      expect(said.map((one) => (one === 'open' ? 'opened' : withoutSimulated(one, alerts[0])))).toEqual(decided);
      return said;
    };
    expect(await simulated('storm: { distinctTargets: 2, per: 10m, calm: 5m }')).toEqual([
      'open',
      'open',
      '3 targets are in trouble (fix); calm in 5 min if no more are hit',
      '4 targets are in trouble (fix); calm in 5 min if no more are hit',
    ]);
    expect(await simulated('rate: { limit: 1, per: 1h }')).toEqual([
      'open',
      ...Array.from({ length: 3 }, () => 'budget fix: 1 of 1 used by simulated-1'),
    ]);
  });

  it('does not even put away a storm that is over', async () => {
    const small = await smallFirebreak(STORIES.storm);
    await STORIES.storm.before(small);
    await small.post(STORIES.storm.alert);
    await small.world.pass(11 * MINUTE);
    const before = everything(small);
    await small.simulate({ labels: { ...SHOP, service: 'another' } });
    expect(everything(small)).toBe(before);
  });

  it('says of any payload, whatever happened before, what is decided about it then', async () => {
    const seen = new Set<string>();
    const story = fc.tuple(fc.array(steps, { maxLength: 12 }), payloads);
    const property = fc.asyncProperty(story, async ([past, payload]) => {
      const small = await smallFirebreak(MADE);
      for (const step of past) await take(step, small);
      const alerts = payload.map((one) => given(one, small.world.clock.now()));
      const before = everything(small);
      const simulated = await small.simulate(...alerts);
      expect(everything(small)).toBe(before);
      const posted = await small.post(...alerts);
      const opened = new Map<string, string>();
      for (const [i, { decisions }] of posted.alerts.entries()) {
        const said = simulated[i]?.decisions ?? [];
        expect(said.map(({ would, runbook, because }) => [WORDS[would], runbook, because])).toEqual(
          decisions.map(({ decision, runbook, because }) => [decision, runbook, because]),
        );
        for (const [k, { decision, executionId, detail, because = '' }] of decisions.entries()) {
          seen.add(`${decision} ${because}`.trim());
          const { detail: expected, executionId: imagined = '' } = said[k] ?? {};
          if (decision === 'opened') opened.set(imagined, executionId ?? '');
          // a repeat of an alert without a runbook is only counted
          else if (detail !== undefined) expect(withReal(expected, opened)).toBe(detail);
        }
      }
    });
    const wanted = ['opened', 'noted', 'suppressed target-busy', 'suppressed duplicate', 'suppressed stale'];
    const missing = (): string[] => wanted.filter((one) => !seen.has(one));
    // a round without the rarest of them is no finding
    for (let round = 0; round < 5 && (round === 0 || missing().length > 0); round++)
      await fc.assert(property, { numRuns: 400 });
    expect(missing(), 'decisions that never came').toEqual([]);
  }, 180_000);
});

const WORDS = { open: 'opened', suppress: 'suppressed', close: 'closed', note: 'noted' } as const;

/** Puts the execution that was opened in the place of the one that was made up. */
function withReal(text: string | undefined, opened: ReadonlyMap<string, string>): string | undefined {
  return text?.replace(/simulated-\d+/g, (id) => opened.get(id) ?? id);
}

/** The first alert is the one that opened something. */
function withoutSimulated(text: string | undefined, first: Received['alerts'][number] | undefined): string | undefined {
  return text?.replaceAll('simulated-1', first?.decisions[0]?.executionId ?? '');
}
