import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runbookNamed } from '../../api/runbooks.controller.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Clock } from '../../core/clock.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { newId } from '../../intake/new-id.js';
import { CLOCK, STORE } from '../../parts.js';
import { labelsOf } from '../alerts/alert-rows.js';
import { Pages } from '../pages.js';
import { exampleAlert, labelsText } from './example-alert.js';
import { runbookModel } from './runbook-model.js';
import type { triedModel } from './tried-model.js';

const RECENT = 10;

/** What somebody has typed into a form of the page, and what came of it. */
export interface Typed {
  readonly form: 'try' | 'start' | 'trust';
  readonly text: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  /** What is wrong with it, or who said no. */
  readonly problem?: string;
  readonly tried?: readonly ReturnType<typeof triedModel>[];
}

/** Who asks, and what is answered on. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What the page shows beside the runbook. */
export interface Shown {
  /** What came with a form, if one was sent. */
  readonly typed?: Typed;
  /** Of the alert that the forms are filled in with. */
  readonly fingerprint?: string;
  /** What the form for starting is filled in with. */
  readonly startText?: string;
  readonly status?: number;
}

/** Makes the page of one runbook, also when a form on it came back with a no. */
@Injectable()
export class RunbookPages {
  constructor(
    private readonly pages: Pages,
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Writes the page.
   *
   * @param name of a runbook that is in force
   * @throws FirebreakError `not-found`
   */
  async show(
    { request, reply }: Exchange,
    name: string,
    { typed, fingerprint, startText, status = 200 }: Shown,
  ): Promise<string> {
    const snapshot = this.catalog.current;
    const runbook = runbookNamed(snapshot, name);
    const [scorecard, { items }, labels] = await Promise.all([
      this.store.governance.scorecard(name),
      this.store.list({ runbook: name, limit: RECENT }),
      fingerprint === undefined ? undefined : this.labels(fingerprint),
    ]);
    const given = labels === undefined ? undefined : labelsText(labels);
    const tryText =
      typed?.form === 'try' ? typed.text : (given ?? (await exampleAlert(runbook, this.catalog.folder, items)));
    const model = {
      ...runbookModel(runbook, { scorecard, executions: items }, snapshot),
      tryText,
      startText: typed?.form === 'start' ? typed.text : (startText ?? given ?? ''),
      startReason: typed?.form === 'start' ? (typed.reason ?? '') : '',
      dryRun: typed?.dryRun ?? false,
      key: newId('r', this.clock.now()),
      problem: typed?.problem ?? null,
      tried: typed?.tried ?? [],
    };
    return this.pages.show(request, reply, { view: 'runbook', title: name, at: '/runbooks', status }, model);
  }

  private async labels(fingerprint: string) {
    return labelsOf(await this.store.decisions({ fingerprint, limit: 100 }));
  }
}
