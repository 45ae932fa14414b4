import { Redis } from 'ioredis';
import { waitFor } from '../wait-for.js';
import { observed, replicating, served } from './ready.js';
import type { DrillRig } from './rig.js';
import { judged, type DrillRun } from './run.js';
import type { Scenario } from './scenarios/scenario.js';

/**
 * Lets the lost centre come back: Prometheus finds an old primary, Firebreak makes it a replica. Then everything is judged
 * once more, because a second primary does its harm when the way to it is open again.
 *
 * @returns what was wrong; the next run can begin when there was nothing
 */
export async function bringBack(rig: DrillRig, scenario: Scenario, run: DrillRun): Promise<readonly string[]> {
  const { from, to } = run;
  try {
    await scenario.comesBack(rig, from);
    await agree(rig);
    await replicating(rig, to, from);
    await served(rig, to);
    await observed(rig);
    await noAlert(rig);
    await anHourPasses(rig);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`${from} did not come back as a replica: ${why}; ${await lastAnswer(rig)}`];
  }
  const after = await judged(rig, run);
  return [
    ...(after.missing.length > 0 ? [`after it came back, ${after.missing.length} acknowledged rows are missing`] : []),
    ...(after.bothSides.length > 0
      ? [`after it came back, the old side acknowledged ${after.bothSides.length} writes`]
      : []),
  ];
}

/** Agrees, as a person would, to what Firebreak proposes to do with the old primary. */
async function agree(rig: DrillRig): Promise<void> {
  const asking = await waitFor(
    'Firebreak to propose that the old primary becomes a replica',
    async () => {
      const all = await rig.firebreak.executions();
      return all.find(({ runbook, phase }) => runbook === BRING_BACK && phase === 'awaiting-approval');
    },
    60_000,
    100,
  );
  const { id, plan } = asking;
  const answer = await rig.firebreak.ask('POST', `/api/v1/executions/${id}/approve`, { digest: plan?.digest });
  if (answer.status !== 200) throw new Error(`Firebreak answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

const BRING_BACK = 'bring-back-as-replica';

/** What Firebreak did or decided about the old primary last. */
async function lastAnswer(rig: DrillRig): Promise<string> {
  const [execution] = (await rig.firebreak.executions()).filter(({ runbook }) => runbook === BRING_BACK);
  const { phase, outcome = '', detail = '', steps = [] } = execution ?? { phase: 'not opened' };
  const decisions = await rig.firebreak.decisions();
  const decision = decisions.find((one) => JSON.stringify(one).includes('OldPrimaryBack'));
  return `bring-back-as-replica: ${phase} ${outcome} ${detail} ${JSON.stringify(steps)}; decided: ${JSON.stringify(decision)}`;
}

/**
 * Lets the hour pass in which Firebreak would not undo by itself what it has just done: each run goes the other way than
 * the one before.
 */
export async function anHourPasses({ redis }: Pick<DrillRig, 'redis'>): Promise<void> {
  const client = new Redis(redis.url);
  try {
    const marks = await client.keys('*op:traffic/*');
    if (marks.length > 0) await client.del(...marks);
  } finally {
    client.disconnect();
  }
}

async function noAlert(rig: DrillRig): Promise<void> {
  await waitFor(
    'Firebreak to be done and Prometheus to see no alert',
    async () => {
      const answer = await fetch(`${rig.prometheus.url}/api/v1/alerts`);
      const quiet = (await answer.text()).includes('"alerts":[]');
      const open = (await rig.firebreak.executions()).filter(({ phase }) => phase !== 'closed');
      return quiet && open.length === 0;
    },
    60_000,
    100,
  );
}
