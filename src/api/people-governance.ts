import { Inject, Injectable } from '@nestjs/common';
import { mustMay } from '../access/may.js';
import { EVERYTHING } from '../access/role-grant.js';
import { Catalog } from '../catalog/catalog.js';
import { FirebreakError } from '../core/errors.js';
import type { Doer } from '../engine/audit.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { LOGGER, STORE } from '../parts.js';
import type { Log } from '../telemetry/logger.js';
import type { Actor } from './people-commands.js';
import { runbookNamed } from './runbooks.controller.js';

/**
 * Changes limits for people who may: trust, storms, centres, the catalogue. What lets more happen than before must be allowed
 * wherever it lets it happen. The API and the console come here.
 */
@Injectable()
export class PeopleGovernance {
  constructor(
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly catalog: Catalog,
    @Inject(LOGGER) private readonly log: Log,
  ) {}

  /**
   * Gives a runbook back the trust that it has lost, for all of its targets.
   *
   * @throws FirebreakError `not-found`, `forbidden`, or `already-so`
   */
  async trust({ person, from }: Actor, runbook: string, reason: string): Promise<void> {
    runbookNamed(this.catalog.current, runbook);
    mustMay(person, 'trust', { ...EVERYTHING, runbook });
    const doer: Doer = { by: person.name, from, reason };
    if (!(await this.store.governance.restoreTrust(runbook, doer)))
      throw new FirebreakError('already-so', `the runbook ${runbook} may go as far as its file says`);
    this.log.warn({ runbook, ...doer }, 'a person trusts a runbook again');
  }

  /**
   * Ends a storm before it is calm: its runbook repairs one by one again.
   *
   * @throws FirebreakError `not-found`, or `forbidden`
   */
  async endStorm({ person, from }: Actor, key: string, reason: string): Promise<void> {
    const [runbook = ''] = key.split('|');
    mustMay(person, 'end-storm', { ...EVERYTHING, runbook });
    const doer: Doer = { by: person.name, from, reason };
    if (!(await this.store.governance.endStorm(key, doer)))
      throw new FirebreakError('not-found', `there is no storm ${key.slice(0, 200)}`);
    this.log.warn({ storm: key, ...doer }, 'a person has ended a storm');
  }

  /**
   * Notes that a centre is out of service, or back. A centre is no target, and guards of every runbook count with it.
   *
   * @throws FirebreakError `forbidden`, or `not-found`
   */
  async setServing({ person, from }: Actor, center: string, serving: boolean, reason: string): Promise<void> {
    mustMay(person, 'set-serving', EVERYTHING);
    const { governance } = this.store;
    const out = (await governance.outOfService()).map((one) => one.center);
    const known = [...new Set([...Object.keys(this.catalog.current.topology.centers), ...out])];
    if (!known.includes(center)) {
      const names = known.join(', ') || 'none';
      throw new FirebreakError('not-found', `the topology has no centre ${center.slice(0, 100)}; known are: ${names}`);
    }
    const doer: Doer = { by: person.name, from, reason };
    await governance.setServing(center, serving, doer);
    this.log.warn({ center, serving, ...doer }, 'a person has said whether a centre is in service');
  }

  /**
   * Reads runbooks and topology again. It is written down before it is done, so that nobody does it unseen.
   *
   * @param acceptLoss whether a new edition may have far fewer runbooks
   * @throws FirebreakError `forbidden`
   */
  async reload({ person, from }: Actor, acceptLoss: boolean, reason?: string): ReturnType<Catalog['reload']> {
    mustMay(person, 'reload', EVERYTHING);
    await this.store.governance.noteReload(acceptLoss, { by: person.name, from, reason });
    return this.catalog.reload({ acceptLoss });
  }
}
