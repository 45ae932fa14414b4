import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { person, whence } from '../access/caller.js';
import { mustMay, rolesOn } from '../access/may.js';
import { People } from '../access/people.js';
import type { Permission } from '../access/permission.js';
import type { Person } from '../access/person.js';
import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import { Engine } from '../engine/engine.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { STORE } from '../parts.js';
import { carryOut, type Command } from './commands.js';
import { mustFind } from './execution-detail.js';
import { isOwnRequest, lapsedGrants } from './lapsed-grants.js';

/** Who acts, and by which account from where. */
export interface Actor {
  readonly person: Person;
  readonly from: string;
}

/** Gives who acts by a request that the guard has let in. */
export function actorOf(request: FastifyRequest): Actor {
  return { person: person(request), from: whence(request) };
}

/** What people can want of an execution beside agreeing to its plan: the permission that each needs, and its event. */
const EVENTS = {
  reject: 'rejected',
  cancel: 'cancelled',
  revert: 'revert-asked',
  retry: 'retry-asked',
  accept: 'accepted',
} as const satisfies { readonly [permission in Permission]?: Command['type'] };

/** A command other than agreement. */
export type Wanted = keyof typeof EVENTS;

const NO_REASON = 'no reason given';

/** Carries out what people want of executions, if they may; the API, the console and Slack's buttons all come here. */
@Injectable()
export class PeopleCommands {
  constructor(
    private readonly engine: Engine,
    @Inject(STORE) private readonly store: ExecutionStore,
    private readonly people: People,
  ) {}

  /**
   * Agrees to a plan.
   *
   * @param digest of the plan that the person has read
   * @returns the execution as it is then; saying it again is harmless
   * @throws FirebreakError when the person may not, or the execution does not answer to it
   */
  async approve(actor: Actor, id: string, digest: string, reason?: string): Promise<Execution> {
    const execution = await this.allow(actor, id, 'approve');
    const roles = rolesOn(actor.person, execution);
    if (await isOwnRequest(execution, actor.person, this.people))
      throw new FirebreakError('own-request', 'whoever asked for it cannot approve it');
    const lapsed = await lapsedGrants(execution, actor.person, this.people);
    const because = reason === undefined ? {} : { reason };
    const forgone = lapsed.length === 0 ? {} : { lapsed };
    const { person, from } = actor;
    const command = {
      ...({ type: 'approved', by: person.name, account: person.account, from, digest, roles } as const),
      ...because,
      ...forgone,
    };
    return carryOut(this.engine, this.store, id, command);
  }

  /**
   * Says anything else to an execution.
   *
   * @returns the execution as it is then; saying it again is harmless
   * @throws FirebreakError when the person may not, or the execution does not answer to it
   */
  async say(actor: Actor, id: string, wanted: Wanted, reason: string = NO_REASON): Promise<Execution> {
    await this.allow(actor, id, wanted);
    const { person, from } = actor;
    return carryOut(this.engine, this.store, id, { type: EVENTS[wanted], by: person.name, from, reason });
  }

  /** Lets only those go on who may do this to this execution. */
  private async allow({ person }: Actor, id: string, permission: Permission): Promise<Execution> {
    const execution = await mustFind(this.store, id);
    mustMay(person, permission, execution);
    return execution;
  }
}
