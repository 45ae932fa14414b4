import { Inject, Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { NOTHING_KNOWN, type CenterReports, type CentersNow } from '../core/affinity.js';
import type { Circumstances } from '../core/template.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CENTER_REPORTS, STORE } from '../parts.js';

/** What decisions are made with at one moment. */
export interface Based extends Pick<Snapshot, 'index' | 'runbooks' | 'resting'> {
  readonly circumstances: Circumstances;
}

/** Gathers what decisions are made with: the runbooks in force, and how the centres are. */
@Injectable()
export class Basis {
  constructor(
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: Pick<ExecutionStore, 'governance'>,
    @Inject(CENTER_REPORTS) private readonly reports: CenterReports,
  ) {}

  /**
   * Gathers it anew.
   *
   * @throws Error when the store cannot say which centres are out of service, and some runbook has one chosen
   */
  async now(): Promise<Based> {
    const { index, runbooks, resting, surroundings } = this.catalog.current;
    // who chooses no centre need not wait for the store
    const chooses = [...runbooks.values()].some(({ chooseCenter }) => chooseCenter !== undefined);
    const centers = chooses ? await this.centers() : NOTHING_KNOWN;
    return { index, runbooks, resting, circumstances: { ...surroundings, centers } };
  }

  /** How the centres are: what is measured, and who has taken which of them out of service. */
  async centers(): Promise<CentersNow> {
    const out = new Map<string, string[]>();
    for (const { center, by } of await this.store.governance.outOfService())
      out.set(center, [...(out.get(center) ?? []), by]);
    return { conditions: this.reports.conditions(), outOfService: Object.fromEntries(out) };
  }
}
