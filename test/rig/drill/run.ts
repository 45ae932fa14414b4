import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../wait-for.js';
import type { DrillExecution } from './firebreak.js';
import { judge, type Judgement } from './judge.js';
import { looksIn, tick, writesIn, type Look, type Write } from './ledger.js';
import { otherSide, type DrillRig, type Side } from './rig.js';
import type { Scenario, ScenarioName } from './scenarios/scenario.js';
import { firedAt, stagesOf, type Stage } from './timeline.js';

/** The runbook that is drilled. */
export const CUT_OVER = 'cut-over-center-with-data';

/** One cut-over and what came of it. */
export interface DrillRun {
  readonly scenario: ScenarioName;
  readonly from: Side;
  readonly to: Side;
  readonly faultAt: number;
  readonly faultTick: number;
  readonly judgement: Judgement;
  readonly stages: readonly Stage[];
  /** The executions opened since the fault; there should be one. */
  readonly executions: readonly DrillExecution[];
}

/** Makes one cut-over happen and judges it by what writers and insiders wrote down; repairs nothing. */
export async function runOnce(
  rig: DrillRig,
  scenario: Pick<Scenario, 'name' | 'fault'>,
  from: Side,
): Promise<DrillRun> {
  const to = otherSide(from);
  const [faultAt, faultTick] = [Date.now(), tick()];
  await scenario.fault(rig, from, to);
  await waitFor(`centre ${to} to acknowledge a user's write`, () => backOn(rig, to, faultAt), 30_000, 50).catch(
    () => undefined,
  );
  await waitFor('Firebreak to be done', async () => isDone(await since(rig, faultAt)), 60_000, 50).catch(
    () => undefined,
  );
  // What the old side might still acknowledge must have its time to appear.
  await pause(1_000);
  const executions = await since(rig, faultAt);
  const judgement = await judged(rig, { from, to, faultAt, faultTick });
  return {
    scenario: scenario.name,
    from,
    to,
    faultAt,
    faultTick,
    judgement,
    executions,
    stages: stagesOf({
      faultAt,
      alertAt: scenario.name === 'planned' ? undefined : await firedAt(rig.prometheus.url, from, faultAt),
      execution: executions.at(-1),
      backMs: judgement.backMs,
    }),
  };
}

/** Everything that was written so far, by users and insiders. */
export function allWrites(rig: DrillRig): readonly Write[] {
  return [rig.users, rig.insiders.a, rig.insiders.b].flatMap(({ writes }) => writesIn(writes));
}

/** Everything that insiders saw of the databases since a moment of `tick`. */
export function allLooks(rig: DrillRig, sinceTick: number): readonly Look[] {
  return [rig.insiders.a, rig.insiders.b]
    .flatMap(({ looks }) => (looks === undefined ? [] : looksIn(looks)))
    .filter((look) => look.at >= sinceTick);
}

type Judged = Pick<Parameters<typeof judge>[0], 'faultAt' | 'faultTick'> & { readonly from: Side; readonly to: Side };

/** Judges what has happened since a fault: the rows are read after the ledgers, so that none can be missed by that. */
export async function judged(rig: DrillRig, { from, to, ...fault }: Judged): Promise<Judgement> {
  const writes = allWrites(rig);
  const rows = await rig.postgres[to].query('SELECT id FROM orders', rig.pair.cluster);
  return judge({
    ...fault,
    from,
    to,
    writes,
    looks: allLooks(rig, fault.faultTick),
    rows: new Set(rows.map((row) => String(row['id']))),
  });
}

function backOn(rig: DrillRig, to: Side, faultAt: number): boolean {
  return writesIn(rig.users.writes).some(
    (write) => write.by === 'user' && write.acknowledged && write.center === to && write.sentAt >= faultAt,
  );
}

async function since(rig: DrillRig, moment: number): Promise<readonly DrillExecution[]> {
  const all = await rig.firebreak.executions();
  return all.filter(({ runbook, timeline }) => runbook === CUT_OVER && (timeline.openedAt ?? 0) >= moment);
}

function isDone(executions: readonly DrillExecution[]): boolean {
  const settled = ['closed', 'holding', 'held', 'awaiting-approval'];
  return executions.length > 0 && executions.every((execution) => settled.includes(execution.phase));
}
