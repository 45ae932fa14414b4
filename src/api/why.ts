import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { actingClaims } from '../core/acting-claims.js';
import { labelsFrom, type Instant, type Labels } from '../core/alert.js';
import type { Claim } from '../core/claim.js';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import { pauses, type Pause } from '../core/pause.js';
import {
  KEEP_DECISION_ENTRIES,
  type DecisionRecord,
  type ExecutionStore,
  type KnownAlert,
} from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { whyAlert, type WhyAlert } from './why-alert.js';
import { whyExecution, type WhyExecution } from './why-execution.js';

/** So many decisions about one alert are looked at. */
const MOST_DECISIONS = 200;
/** So many executions are looked at for one alert. */
const MOST_EXECUTIONS = 50;

/** The runbooks that would answer now. */
export interface InForce {
  readonly current: Pick<Snapshot, 'runbooks' | 'resting'>;
}

/** Answers why something, or nothing, was done: from what is kept, and from what the guards say now. Touches nothing. */
@Injectable()
export class Why {
  constructor(
    @Inject(Catalog) private readonly catalog: InForce,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Answers about an alert or an execution.
   *
   * @param id fingerprint or execution's id
   * @param labels of the alert, when whoever asks knows them
   * @throws FirebreakError `not-found` with what one can do when nobody knows the id
   */
  async about(id: string, labels?: Labels): Promise<WhyAlert | WhyExecution> {
    const stored = await this.store.get(id);
    if (stored !== undefined) return this.execution(stored.execution);
    const [known, decisions] = await Promise.all([
      this.store.alert(id),
      this.store.decisions({ fingerprint: id, limit: MOST_DECISIONS }),
    ]);
    if (known === undefined && decisions.length === 0 && labels === undefined) throw this.unknown(id);
    return this.alert(id, known, decisions, labels);
  }

  private async alert(
    fingerprint: string,
    known: KnownAlert | undefined,
    decisions: readonly DecisionRecord[],
    given: Labels | undefined,
  ): Promise<WhyAlert> {
    const ids = [
      ...(known?.answers ?? []).map(({ executionId }) => executionId),
      ...decisions.flatMap(({ executionId }) => executionId ?? []),
    ];
    const inStorm = decisions.some(({ because }) => because === 'storm');
    const [executions, inForce, storms] = await Promise.all([
      this.executions(ids),
      this.store.pauses(),
      inStorm ? this.store.governance.storms() : [],
    ]);
    const own = [...executions.values()].find(({ alert }) => alert?.fingerprint === fingerprint);
    const kept = decisions.find((one) => one.labels !== undefined)?.labels ?? own?.alert?.labels;
    // what comes out of JSON has names by birth, which are no labels
    const labels = given ?? (kept && labelsFrom(kept));
    const { runbooks, resting } = this.catalog.current;
    return whyAlert({
      fingerprint,
      ...(labels === undefined ? {} : { labels }),
      ...(known === undefined ? {} : { known }),
      decisions,
      executions,
      runbooks: [...runbooks.values()],
      resting,
      pauses: inForce,
      storms,
      now: this.clock.now(),
    });
  }

  /** Those that are still kept, and the ones that were opened after them for the same alert. */
  private async executions(ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
    const found = new Map<string, Execution>();
    let wanted = [...new Set(ids)];
    while (wanted.length > 0 && found.size < MOST_EXECUTIONS) {
      const stored = await Promise.all(wanted.slice(0, MOST_EXECUTIONS).map((id) => this.store.get(id)));
      const met = stored.flatMap((one) => (one === undefined ? [] : [one.execution]));
      for (const execution of met) found.set(execution.id, execution);
      wanted = met.flatMap(({ escalation }) => (escalation?.is === 'opened' ? [escalation.executionId] : []));
      wanted = wanted.filter((id) => !found.has(id));
    }
    return found;
  }

  private async execution(execution: Execution): Promise<WhyExecution> {
    const now = this.clock.now();
    const claims = nextClaims(execution);
    const [journal, refusal, inForce] = await Promise.all([
      this.store.journal(execution.id),
      claims.length === 0 ? undefined : this.store.look(claims, execution.id),
      this.store.pauses(),
    ]);
    const runbook = this.catalog.current.runbooks.get(execution.runbook);
    const material = { execution, journal, pauses: inForce.filter((pause) => stops(pause, claims, now)) };
    return whyExecution(
      { ...material, ...(runbook === undefined ? {} : { runbook }), ...(refusal === undefined ? {} : { refusal }) },
      now,
    );
  }

  private unknown(id: string): FirebreakError {
    const kept = `closed executions are kept for 30 days, decisions about at least the last ${KEEP_DECISION_ENTRIES} alerts`;
    return new FirebreakError(
      'not-found',
      `nobody knows ${id.slice(0, 100)}, neither as an alert nor as an execution: ${kept}. A fingerprint is made of all labels of the alert: firebreak why --labels alertname=X,service=Y,... makes it`,
    );
  }
}

/** What is claimed before the next step; trust is said by the execution's mode. */
function nextClaims(execution: Execution): Claim[] {
  const { state } = execution;
  const isNext = state.phase === 'awaiting-approval' || (state.phase === 'applying' && state.effect.is === 'none');
  if (!isNext) return [];
  return actingClaims(execution, state.phase === 'applying' ? state.step : 0).filter(({ kind }) => kind !== 'trusted');
}

function stops(pause: Pause, claims: readonly Claim[], now: Instant): boolean {
  return claims.some((claim) => claim.kind === 'unpaused' && pauses(pause, claim.scopes, now));
}
