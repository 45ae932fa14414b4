import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import { formatProblem } from '../catalog/problem.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { FirebreakError } from '../core/errors.js';
import type { Runbook } from '../core/runbook.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import type { Scorecard } from '../engine/governance.js';
import { STORE } from '../parts.js';
import { isoAll } from './instants.js';
import { runbookDetail, runbookView } from './runbook-view.js';

/** Shows the catalogue. */
@ApiTags('runbooks')
@Controller('api/v1/runbooks')
export class RunbooksController {
  constructor(
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
  ) {}

  /** Lists the runbooks in force. */
  @Get()
  @Needs('read')
  @ApiOperation({ summary: 'The runbooks in force, and what is wrong with a newer edition' })
  async list(): Promise<object> {
    const runbooks = [...this.catalog.current.runbooks.values()];
    const items = runbooks.map(async (runbook) => runbookView(runbook, await this.scorecard(runbook)));
    return { items: await Promise.all(items), catalogue: catalogueView(this.catalog) };
  }

  /** Shows one runbook. */
  @Get(':name')
  @Needs('read')
  @ApiOperation({ summary: 'One runbook, with its figures and how far it may go now' })
  async one(@Param('name') name: string): Promise<object> {
    const snapshot = this.catalog.current;
    const runbook = runbookNamed(snapshot, name);
    return runbookDetail(runbook, await this.scorecard(runbook), snapshot);
  }

  private scorecard({ name }: Runbook): Promise<Scorecard> {
    return this.store.governance.scorecard(name);
  }
}

/** Gives a runbook that must be in force. */
export function runbookNamed({ runbooks }: Snapshot, name: string): Runbook {
  const runbook = runbooks.get(name);
  if (runbook === undefined) throw new FirebreakError('not-found', `there is no runbook ${name.slice(0, 100)}`);
  return runbook;
}

/** How the catalogue is: version in force, what it warns of, and what is wrong with an edition that was not taken. */
export function catalogueView(catalog: Catalog): object {
  const { version, loadedAt, lastAttemptAt, problems } = catalog.status();
  const { runbooks, resting, warnings } = catalog.current;
  return {
    version,
    runbooks: runbooks.size,
    resting: [...resting.keys()],
    ...isoAll({ loadedAt, lastAttemptAt }),
    problems: problems.map(formatProblem),
    warnings,
  };
}
