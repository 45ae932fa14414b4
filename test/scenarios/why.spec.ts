import { describe, expect, it } from 'vitest';
import type { WhyAlert } from '../../src/api/why-alert.js';
import type { WhyExecution } from '../../src/api/why-execution.js';
import type { Fact } from '../../src/api/why-words.js';
import { ADVICE } from '../../src/core/suppressions.js';
import { whyAnswer, whyLines } from '../../src/cli/why-lines.js';
import { labelsFrom } from '../../src/core/alert.js';
import { readAlerts } from '../../src/intake/read-payload.js';
import { smallFirebreak, webhook, type SmallFirebreak } from './small-firebreak.js';
import { MINUTE, STORIES, withoutIds, type Story } from './suppression-stories.js';

const says = (facts: readonly Fact[], about: string): string[] =>
  facts.flatMap((fact) => (fact.about === about ? [withoutIds(fact.says)] : []));

const runbook = (name: string, spec: string, match = `['alertname="CacheStale"', 'severity="critical"']`): string => `
apiVersion: firebreak/v1
kind: Runbook
metadata: { name: ${name}, title: Fix it, owner: team-test }
spec:
  match: ${match}
  target: 'cache/{{labels.service}}'
${spec}
`;
const STEPS = `  steps: [{ name: evict, uses: pretend/set, with: { name: '{{labels.service}}', value: fixed }, backoff: 10s }]`;
const VERIFY = `  verify: { probe: pretend/state, with: {}, every: 10s, healthy: 3, unhealthy: 2, within: 2m }`;
const LABELS = { alertname: 'CacheStale', severity: 'critical', service: 'shop' };

/** One runbook, and the alert that it answers. */
async function answered(spec: string, labels: Readonly<Record<string, string>> = LABELS) {
  const small = await smallFirebreak({ runbooks: { evict: runbook('evict', `${spec}\n${STEPS}`) } });
  const { alerts } = await small.post({ labels });
  const id = alerts[0]?.decisions[0]?.executionId ?? '';
  const fingerprint = alerts[0]?.alert.fingerprint ?? '';
  await small.world.pass(1_000);
  return { ...small, id, fingerprint };
}

async function execution(small: SmallFirebreak, id: string): Promise<WhyExecution> {
  const why = await small.why.about(id);
  if (why.kind !== 'execution') throw new Error('an execution was expected');
  return why;
}

async function alert(small: SmallFirebreak, fingerprint: string): Promise<WhyAlert> {
  const why = await small.why.about(fingerprint);
  if (why.kind !== 'alert') throw new Error('an alert was expected');
  return why;
}

describe('why was nothing done about an alert?', () => {
  it.each(Object.entries<Story>(STORIES))(
    '%s: the answer comes first, with numbers and what to do',
    async (because, story) => {
      const small = await smallFirebreak(story);
      await story.before?.(small);
      const { alerts } = await small.post(story.alert);
      const why = await alert(small, alerts[0]?.alert.fingerprint ?? '');
      const name = why.alertname ?? why.id;
      if (because === 'no-runbook') {
        expect(why.answer).toBe(
          `Nothing was done about ${name}: no runbook matches, the nearest is fix: severity="info" does not satisfy severity="critical".`,
        );
        expect(why.misses).toEqual([{ runbook: 'fix', matchers: 1, failed: [expect.stringContaining('severity')] }]);
      } else if (because === 'duplicate') {
        expect(withoutIds(why.answer)).toMatch(new RegExp(`^${name} was answered: fix ended succeeded`));
      } else {
        const said = story.detail.startsWith(because) ? story.detail : `${because}, ${story.detail}`;
        expect(withoutIds(why.answer)).toContain(`Nothing was done about ${name}: fix did nothing at 2026-11-01T`);
        expect(withoutIds(why.answer)).toContain(`(now): ${said}`);
        expect(says(why.runbooks[0]?.facts ?? [], 'what to do')).toEqual([Reflect.get(ADVICE, because)]);
      }
    },
  );

  it('says when what stood in the way is gone, so that the next repeat is answered', async () => {
    const small = await answered('  mode: auto\n  guards: { cooldown: 10m }');
    const { alerts } = await small.post({ labels: { ...LABELS, instance: 'b' } });
    const id = alerts[0]?.alert.fingerprint ?? '';
    const now = async (): Promise<string[]> => says((await alert(small, id)).runbooks[0]?.facts ?? [], 'now');
    expect(await now()).toEqual(['until 2026-11-01T12:10:00Z (in 9 min 59 s)']);
    await small.world.pass(11 * MINUTE);
    expect(await now()).toEqual([
      'over since 2026-11-01T12:10:00Z (1 min 1 s ago): the next repeat of the alert is answered, if nothing else says no',
    ]);
    await small.post({ labels: { ...LABELS, instance: 'b' }, startsAt: Date.parse('2026-11-01T12:00:01Z') });
    expect((await alert(small, id)).answer).toMatch(/^CacheStale is being answered: evict is being planned/);
  });

  it('names the pause that can be lifted', async () => {
    const small = await smallFirebreak(STORIES.paused);
    await STORIES.paused.before(small);
    const { alerts } = await small.post(STORIES.paused.alert);
    const id = alerts[0]?.alert.fingerprint ?? '';
    const now = async (): Promise<string[]> => says((await alert(small, id)).runbooks[0]?.facts ?? [], 'now');
    expect(await now()).toEqual([
      expect.stringMatching(/^pause p1 \(target:cache\/\*\) by ann since .*: moving house$/),
    ]);
    await small.world.store.liftPause('p1', { by: 'ann' });
    expect(await now()).toEqual(['lifted: the next repeat of the alert is answered, if nothing else says no']);
  });

  it('says that the alert is over, and what was done about it before', async () => {
    const small = await answered('  mode: auto');
    await small.post({ labels: LABELS, startsAt: Date.parse('2026-11-01T12:00:00Z'), endsAt: small.world.clock.now() });
    expect(withoutIds((await alert(small, small.fingerprint)).answer)).toBe(
      'CacheStale was answered: evict ended succeeded at 2026-11-01T12:00:00Z (1 s ago): applied; the runbook names no verification (<id>); the alert is over since 2026-11-01T12:00:01Z (now).',
    );
  });

  it('does not call it answered when nothing was changed', async () => {
    const small = await answered('  mode: approve\n  approval: { within: 1m }');
    await small.world.pass(2 * MINUTE);
    expect(withoutIds((await alert(small, small.fingerprint)).answer)).toBe(
      'Nothing was changed for CacheStale: evict ended expired at 2026-11-01T12:01:00Z (1 min 1 s ago): nobody approved in time; nothing was touched (<id>).',
    );
  });

  it('takes an old alert that was answered for answered, also after another process has seen it', async () => {
    const small = await answered('  mode: auto');
    await small.world.pass(2 * 60 * MINUTE);
    const payload = readAlerts(webhook([{ labels: LABELS, startsAt: Date.parse('2026-11-01T12:00:00Z') }], 0));
    const received = payload.ok ? await small.another().receive(payload) : undefined;
    expect(received?.alerts[0]?.decisions[0]?.because).toBe('too-old');
    expect((await alert(small, small.fingerprint)).answer).toMatch(/^CacheStale was answered: evict ended succeeded/);
  });

  it('follows the alert to the next runbook', async () => {
    const small = await smallFirebreak({
      runbooks: {
        evict: runbook('evict', `  mode: auto\n  escalate: restart\n${VERIFY}\n${STEPS}`),
        restart: runbook('restart', `  mode: approve\n${STEPS}`, `['alertname="Never"']`),
      },
    });
    small.world.target.measurement = { status: 'unhealthy', detail: 'still stale' };
    const { alerts } = await small.post({ labels: LABELS });
    await small.world.pass(MINUTE);
    const why = await execution(small, alerts[0]?.decisions[0]?.executionId ?? '');
    expect(says(why.facts, 'next runbook')).toEqual([expect.stringMatching(/^restart was/)]);
  });

  it('S5: takes no inherited name for a label, although the labels come out of the store', async () => {
    const fussy = runbook('fussy', `  mode: auto\n${STEPS}`, `['constructor=~".+"']`);
    const small = await smallFirebreak({ runbooks: { fussy } });
    const { alerts } = await small.post({ labels: LABELS });
    expect((await alert(small, alerts[0]?.alert.fingerprint ?? '')).misses).toEqual([
      { runbook: 'fussy', matchers: 1, failed: ['constructor is absent, which does not satisfy constructor=~".+"'] },
    ]);
  });

  it('answers about an alert that never came in when its labels are given, and else says how to go on', async () => {
    const { why } = await smallFirebreak({ runbooks: { evict: runbook('evict', `  mode: auto\n${STEPS}`) } });
    const about = async (labels: Readonly<Record<string, string>>): Promise<string> =>
      (await why.about('0123456789abcdef', labelsFrom(labels))).answer;
    expect(await about(LABELS)).toBe(
      'CacheStale has not come in, as far back as decisions are kept; evict would answer it.',
    );
    expect(await about({ ...LABELS, severity: 'info' })).toBe(
      'CacheStale has not come in, as far back as decisions are kept; no runbook would answer it, the nearest is evict: severity="info" does not satisfy severity="critical".',
    );
    await expect(why.about('0123456789abcdef')).rejects.toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('firebreak why --labels'),
    });
  });
});

describe('why does an execution stand where it stands?', () => {
  const told = async (small: SmallFirebreak & { id: string }): Promise<string> =>
    withoutIds((await execution(small, small.id)).answer);
  const commands = async (small: SmallFirebreak & { id: string }): Promise<string[]> =>
    (await execution(small, small.id)).commands.map(({ command }) => command);

  it('because people are missing: who, and until when', async () => {
    const small = await answered('  mode: approve\n  approval: { required: 2, roles: [sre, business], within: 15m }');
    expect(await told(small)).toBe(
      'evict on cache/shop waits for approval until 2026-11-01T12:15:00Z (in 14 min 59 s): 0 of 2 approvals; still needed: sre, business.',
    );
    const { state } = await small.world.execution(small.id);
    const digest = state.phase === 'awaiting-approval' ? state.digest : '';
    await small.world.command(small.id, { type: 'approved', by: 'ann', roles: ['sre'], digest });
    expect(await told(small)).toContain('1 of 2 approvals; still needed: business');
    const why = await execution(small, small.id);
    expect(says(why.facts, 'agreed')).toEqual(['ann at 2026-11-01T12:00:01Z (now)']);
    expect(why.commands.map(({ run }) => withoutIds(run))).toEqual([
      `firebreak approve <id> --digest ${digest}`,
      'firebreak reject <id> --reason "<why>"',
      'firebreak cancel <id> --reason "<why>"',
    ]);
  });

  it('because a guard would say no, also before anybody approves', async () => {
    const small = await answered('  mode: approve');
    await small.world.store.addPause({
      id: 'p1',
      scope: 'all',
      reason: 'storm',
      by: 'ann',
      at: small.world.clock.now(),
    });
    const why = await execution(small, small.id);
    expect(says(why.facts, 'guard')).toEqual(['would say no now: paused (all): storm']);
    expect(says(why.facts, 'pause')).toEqual(['p1 (all) by ann since 2026-11-01T12:00:01Z (now): storm']);
    expect(says(why.facts, 'what to do')).toEqual([ADVICE.paused]);
  });

  it('because it waits for its window', async () => {
    const small = await answered(
      `  mode: approve\n  guards: { windows: { only: ['Sun 12:00-12:05'] } }\n  approval: { within: 30m }`,
    );
    const { state } = await small.world.execution(small.id);
    await small.world.pass(6 * MINUTE);
    const digest = state.phase === 'awaiting-approval' ? state.digest : '';
    await small.world.command(small.id, { type: 'approved', by: 'ann', roles: ['approver'], digest });
    await small.world.pass(1_000);
    expect(await told(small)).toBe(
      'evict on cache/shop waits for its window to begin step 1 of 1 (evict): outside of "Sun 12:00-12:05": it is Sun 12:06 there; the window opens at 2026-11-08T12:00:00Z (in 6 d 23 h).',
    );
    expect(says((await execution(small, small.id)).facts, 'gives up')).toEqual([expect.stringContaining('12:30:00Z')]);
  });

  it('because a step failed and is tried again, is in doubt, or was lost', async () => {
    const small = await smallFirebreak({ runbooks: { evict: runbook('evict', `  mode: auto\n${STEPS}`) } });
    small.world.target.next('apply', { how: 'fails', again: true }, { how: 'takes-time', againInMs: 30_000 });
    const { alerts } = await small.post({ labels: LABELS });
    const id = alerts[0]?.decisions[0]?.executionId ?? '';
    await small.world.pass(1_000);
    expect(await told({ ...small, id })).toBe(
      'evict on cache/shop waits to try step 1 of 1 (evict) again at 2026-11-01T12:00:10Z (in 9 s) after it failed (the target said no).',
    );
    expect(await commands({ ...small, id })).toEqual(['cancel']);
    await small.world.pass(10_000);
    expect(await told({ ...small, id })).toBe(
      'evict on cache/shop is at work on step 1 of 1 (evict): the target has not finished, and is asked again at 2026-11-01T12:00:40Z (in 29 s).',
    );
  });

  it('because it is being verified, was taken back, or is held for a person', async () => {
    const small = await answered(`  mode: auto\n  onUnhealthy: hold\n${VERIFY}`);
    small.world.target.measurement = { status: 'unhealthy', detail: 'still stale' };
    await small.world.pass(10_000);
    expect(await told(small)).toBe(
      'evict on cache/shop is being verified until 2026-11-01T12:02:00Z (in 1 min 49 s): the last of 2 samples is unhealthy (still stale), 3 healthy ones in a row are needed.',
    );
    await small.world.pass(10_000);
    expect(await told(small)).toBe(
      'evict on cache/shop is held for a person since 2026-11-01T12:00:20Z (1 s ago): the change did not help: still stale.',
    );
    const why = await execution(small, small.id);
    expect(why.commands.map(({ command, does }) => [command, does])).toEqual([
      ['revert', 'takes back what it has changed'],
      ['retry', 'measures and judges again'],
      ['accept', 'keeps everything as it is, and ends it'],
    ]);
    await small.world.command(small.id, { type: 'revert-asked', by: 'ann', reason: 'no use' });
    await small.world.pass(1_000);
    expect(await told(small)).toContain('ended reverted at');
    expect(await commands(small)).toEqual([]);
  });

  it('because it is in force under a lease', async () => {
    const small = await answered('  mode: auto\n  lease: 30m\n  onResolved: revert\n  clearFor: 5m');
    expect(await told(small)).toBe(
      'evict on cache/shop is in force under its lease until 2026-11-01T12:30:00Z (in 29 min 59 s), and is then taken back.',
    );
    await small.post({ labels: LABELS, startsAt: Date.parse('2026-11-01T12:00:00Z'), endsAt: small.world.clock.now() });
    await small.world.pass(1_000);
    expect(await told(small)).toContain(
      'and is taken back at 2026-11-01T12:05:01Z (in 4 min 59 s) if the alert stays away',
    );
  });

  it('and says why it was opened: the alert, its matchers, and who asked', async () => {
    const small = await answered('  mode: auto');
    const { facts } = await execution(small, small.id);
    expect(says(facts, 'opened')).toEqual([
      'at 2026-11-01T12:00:00Z (1 s ago) by the alert CacheStale from alertmanager',
    ]);
    expect(says(facts, 'alert')).toEqual([
      `${small.fingerprint}  alertname="CacheStale", service="shop", severity="critical"`,
    ]);
    expect(says(facts, 'matchers')).toEqual(['alertname="CacheStale", severity="critical"']);
    expect(says(facts, 'step')).toEqual(['evict (pretend/set): applied']);
  });
});

describe('in a terminal', () => {
  it('the answer stands first, and each fact on one line, whatever the labels hold', async () => {
    const hostile = 'all is well\nfirebreak accept x';
    const small = await answered('  mode: auto\n  guards: { cooldown: 0s }', {
      ...LABELS,
      alertname: 'CacheStale',
      note: hostile,
    });
    await small.world.store.addPause({ id: 'p1', scope: 'all', reason: hostile, by: 'ann', at: 0 });
    const { alerts } = await small.post({ labels: { ...LABELS, note: `${hostile}!` } });
    const lines = whyLines(whyAnswer.parse(await small.why.about(alerts[0]?.alert.fingerprint ?? '')));
    expect(lines[0]).toBe(
      'Nothing was done about CacheStale: evict did nothing at 2026-11-01T12:00:01Z (now): paused (all): all is well firebreak accept x.',
    );
    expect(lines[1]).toBe('');
    expect(lines.filter((line) => line.includes('\n') || /^\s*firebreak accept/.test(line))).toEqual([]);
  });
});
