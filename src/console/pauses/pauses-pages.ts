import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readMoment } from '../../api/instants.js';
import { Catalog } from '../../catalog/catalog.js';
import type { Instant } from '../../core/alert.js';
import type { Clock } from '../../core/clock.js';
import { isPauseScope } from '../../core/pause.js';
import type { ExecutionStore } from '../../engine/execution-store.js';
import { CLOCK, PLUGINS, STORE } from '../../parts.js';
import type { LoadedPlugins } from '../../plugin-host/loaded-plugins.js';
import { Pages } from '../pages.js';
import { pausesModel, UNTYPED, type TypedPause } from './pauses-model.js';

/** What is to be paused, as `PeoplePauses` takes it. */
export interface PauseOrder {
  readonly scope: string;
  readonly reason: string;
  readonly until?: Instant;
}

/** Makes the page of the pauses, also when its form came back with a no. */
@Injectable()
export class PausesPages {
  constructor(
    private readonly pages: Pages,
    private readonly catalog: Catalog,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(PLUGINS) private readonly loaded: LoadedPlugins,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Writes the page. */
  async show(request: FastifyRequest, reply: FastifyReply, typed: TypedPause = UNTYPED): Promise<string> {
    const [pauses, storms] = await Promise.all([this.store.pauses(), this.store.governance.storms()]);
    const { runbooks, resting } = this.catalog.current;
    const material = {
      pauses,
      storms,
      runbooks: [...runbooks.keys(), ...resting.keys()].toSorted(),
      plugins: this.loaded.plugins.map(({ id }) => id),
    };
    const page = { view: 'pauses', title: 'Pauses', at: '/pauses', live: 'all' } as const;
    const refused = typed.problem === '' ? page : { ...page, status: 400 };
    return this.pages.show(request, reply, refused, pausesModel(material, this.clock.now(), typed));
  }

  /** Reads what somebody typed: what to pause, or what is wrong with it in words. */
  orderOf({ what, name, reason, until }: Omit<TypedPause, 'problem'>): PauseOrder | string {
    const called = name.trim();
    if (what === 'all' && called !== '')
      return 'Everything has no name: leave "Which?" empty, or choose something else.';
    if (what !== 'all' && called === '') return 'Say which: a name, or for targets a pattern such as traffic/*.';
    const scope = what === 'all' ? what : `${what}:${called}`;
    if (!isPauseScope(scope)) return `"${called}" is no name of a ${what}.`;
    const unknown = this.unknown(what, called);
    if (unknown !== undefined) return unknown;
    if (reason.trim() === '') return 'Say why, for the record and for whoever comes after you.';
    if (until.trim() === '') return { scope, reason: reason.trim() };
    const now = this.clock.now();
    const end = readMoment(until.trim(), now, 'ahead');
    if (end === undefined || end <= now) return `"${until}" is no time ahead: write 30m, 2h, or leave it empty.`;
    return { scope, reason: reason.trim(), until: end };
  }

  /** Whoever mistyped a name must hear that nothing would be paused. */
  private unknown(what: string, name: string): string | undefined {
    const { runbooks, resting } = this.catalog.current;
    if (what === 'runbook' && !runbooks.has(name) && !resting.has(name)) return `There is no runbook ${name}.`;
    if (what === 'plugin' && !this.loaded.plugins.some(({ id }) => id === name)) return `There is no plugin ${name}.`;
    return undefined;
  }
}
