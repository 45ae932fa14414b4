import { Injectable } from '@nestjs/common';
import { Catalog } from '../catalog/catalog.js';
import type { Claim } from '../core/claim.js';
import type { Storm } from '../engine/governance.js';
import { targetsOf } from '../notify/storm-news.js';
import { during } from '../telemetry/hop.js';
import { hopOf } from '../telemetry/spans.js';
import { RunbookOpener, type Choice } from './runbook-opener.js';

/** What is proposed for a whole group, or why nothing is. */
export type Proposal = NonNullable<Storm['proposal']>;

/** Opens one execution for a whole group when its targets are in trouble together; a person must always agree to it. */
@Injectable()
export class StormProposals {
  constructor(
    private readonly catalog: Catalog,
    private readonly opener: RunbookOpener,
  ) {}

  /** May be called again after a crash and by several processes at once: all get the same execution. */
  async propose(storm: Storm): Promise<Proposal> {
    const { first } = storm;
    if (first?.alert === undefined) return { detail: 'nothing is proposed: it is not known which alert set it loose' };
    if (first.mode === 'observe') return { detail: `nothing is proposed: ${first.runbook} only observes` };
    const runbook = this.catalog.current.runbooks.get(first.runbook);
    if (runbook === undefined) return { detail: `nothing is proposed: ${first.runbook} is no longer in force` };
    const name = runbook.guards.storm?.propose;
    if (name === undefined) {
      return { detail: `nothing is proposed: guards.storm.propose of ${first.runbook} names no runbook for the group` };
    }
    const about = `storm ${storm.key}: `;
    const { alert } = first;
    const choice: Choice = {
      requestedBy: first.requestedBy,
      reason: about + targetsOf(storm),
      ask: true,
      claims: withoutStorm,
      isThis: (known) => known.reason?.startsWith(about) === true,
    };
    // in the trace of what set it loose
    const opened = await during(hopOf(first.origin), () => this.opener.open(name, alert, choice));
    if (opened.opened) return { executionId: opened.executionId, detail: `${name} is proposed for the whole group` };
    const { executionId, detail } = opened;
    const by = executionId === undefined ? {} : { executionId };
    return { ...by, detail: `${name} could not be proposed: ${detail}` };
  }
}

/** What answers a storm is not held back by one; and that its alert came back often is what the storm says. */
function withoutStorm(claim: Claim): Claim[] {
  return claim.kind === 'storm' || claim.kind === 'calm' || claim.kind === 'refires' ? [] : [claim];
}
