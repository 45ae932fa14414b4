import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { person } from '../../access/caller.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Config } from '../../config.js';
import { ERRORS, FirebreakError } from '../../core/errors.js';
import { CONFIG } from '../../parts.js';
import { approveModel } from '../approve/approve-model.js';
import { Pages } from '../pages.js';
import { guideFor } from '../runbooks/runbook-model.js';
import { executionModel, type Notice } from './execution-model.js';
import { lastWords } from './journal-model.js';
import { Materials, type Material } from './material.js';

/** What a page answers to. */
export interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly id: string;
}

/** Shows the pages about one execution: as it stands now, and above it what was refused just now, if anything. */
@Injectable()
export class ExecutionPages {
  constructor(
    private readonly pages: Pages,
    private readonly materials: Materials,
    private readonly catalog: Catalog,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
  ) {}

  /** The execution. */
  async execution({ request, reply, id }: Asked, refused?: FirebreakError): Promise<string> {
    const material = await this.materials.about(id, person(request));
    const { runbook, target } = material.execution;
    const model = executionModel(material, person(request), this.config.publicUrl, noticeOf(material, refused));
    // what answers a form stands at the form's address, where there is nothing to fetch again
    const guide = guideFor(material.execution, this.catalog.current);
    const live = refused === undefined ? { live: { execution: id } } : {};
    const page = { view: 'execution', title: `${runbook} on ${target}`, at: '/executions', ...live };
    return this.pages.show(request, reply, { ...page, ...statusOf(refused) }, { ...model, guide });
  }

  /** The plan, and the question whether to carry it out. It does not change by itself while somebody reads it. */
  async approve({ request, reply, id }: Asked, refused?: FirebreakError): Promise<string> {
    const material = await this.materials.about(id, person(request));
    const { runbook, target } = material.execution;
    const model = approveModel(material, person(request), noticeOf(material, refused));
    const guide = guideFor(material.execution, this.catalog.current);
    const page = { view: 'approve', title: `Approve ${runbook} on ${target}?`, at: '/executions' };
    return this.pages.show(request, reply, { ...page, ...statusOf(refused) }, { ...model, guide });
  }
}

function noticeOf(material: Material, refused: FirebreakError | undefined): Notice | undefined {
  return refused && { title: ERRORS[refused.code].title, detail: refused.detail, others: lastWords(material) };
}

function statusOf(refused: FirebreakError | undefined): { status?: number } {
  return refused === undefined ? {} : { status: ERRORS[refused.code].status };
}
