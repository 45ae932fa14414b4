import { Inject, Injectable } from '@nestjs/common';
import { may } from '../../access/may.js';
import type { Person } from '../../access/person.js';
import { EVERYTHING } from '../../access/role-grant.js';
import { Catalog } from '../../catalog/catalog.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { Basis } from '../../intake/basis.js';
import { STANDING_REPORTS, STORE } from '../../parts.js';
import type { StandingReports } from '../../watch/answer.js';
import type { CentersMaterial } from './centers-model.js';
import { isMover } from './cut-overs.js';

/** Gathers what the page of the centres is made from. */
@Injectable()
export class CentersSource {
  constructor(
    private readonly catalog: Catalog,
    private readonly basis: Basis,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(STANDING_REPORTS) private readonly reports: StandingReports,
  ) {}

  /** Asks the store and the standing probes. */
  async gather(person: Person): Promise<CentersMaterial> {
    const { topology, surroundings, runbooks, resting } = this.catalog.current;
    const { governance } = this.store;
    const moving = [...runbooks.values()].filter(isMover);
    const [centers, records, ...movers] = await Promise.all([
      this.basis.centers(),
      governance.centerRecords(),
      ...moving.map(async (runbook) => ({ runbook, scorecard: await governance.scorecard(runbook.name) })),
    ]);
    return {
      topology,
      surroundings,
      facts: { centers, records },
      answers: this.reports.answers(),
      movers,
      someRest: resting.size > 0,
      maySay: may(person, 'set-serving', EVERYTHING),
    };
  }
}
