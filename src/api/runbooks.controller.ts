import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../access/needs.js';
import { Catalog } from '../catalog/catalog.js';
import { formatProblem } from '../catalog/problem.js';
import { FirebreakError } from '../core/errors.js';
import { isoAll } from './instants.js';
import { runbookDetail, runbookView } from './runbook-view.js';

/** Shows the catalogue. */
@ApiTags('runbooks')
@Controller('api/v1/runbooks')
export class RunbooksController {
  constructor(private readonly catalog: Catalog) {}

  /** Lists the runbooks in force. */
  @Get()
  @Needs('viewer')
  @ApiOperation({ summary: 'The runbooks in force, and what is wrong with a newer edition' })
  list(): object {
    const { runbooks } = this.catalog.current;
    return { items: [...runbooks.values()].map(runbookView), catalogue: catalogueView(this.catalog) };
  }

  /** Shows one runbook. */
  @Get(':name')
  @Needs('viewer')
  @ApiOperation({ summary: 'One runbook' })
  one(@Param('name') name: string): object {
    const snapshot = this.catalog.current;
    const runbook = snapshot.runbooks.get(name);
    if (runbook === undefined) throw new FirebreakError('not-found', `there is no runbook ${name.slice(0, 100)}`);
    return runbookDetail(runbook, snapshot);
  }
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
