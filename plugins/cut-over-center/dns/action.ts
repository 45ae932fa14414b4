import type { Records } from '../../clients/dns-update.js';
import { PluginError, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { DnsKit, DnsSystem } from './kit.js';
import { beforeSchema, paramsSchema, type Before, type Params } from './params.js';
import { look, pursue, rehearse } from './pursue.js';
import { changesOf, plannedRecords, sameRecords, sayRecords } from './records.js';

/** Makes the action that changes the records of one name by compare-and-set at the zone's primary server. */
export function dnsAction({ action, config }: DnsKit) {
  return action({
    summary: 'Change the addresses of a name in DNS',
    params: paramsSchema(config.dns),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { from, to } = await difference(call);
      const because = `${call.params.name} ${call.params.type} is ${sayRecords(to)} already`;
      return sameRecords(from, to) ? { needed: false, because } : { needed: true };
    },

    async plan(call) {
      const { params } = call;
      const { seen, from, to } = await difference(call);
      await rehearse(call, seen);
      const oldTtl = from.ttl ?? seen.version.absenceTtl;
      return {
        summary: `${params.name} ${params.type}: ${sayRecords(from)} -> ${sayRecords(to)}`,
        changes: changesOf(params, from, to),
        before: { values: [...from.values], ttl: from.ttl },
        facts: { resolvers: `may keep the old answer for up to ${oldTtl} s` },
      };
    },

    async apply(call, before) {
      await pursue(call, before, wantedOf(call.params, before));
      return { done: true };
    },

    async verify(call, before) {
      const { records } = await look(call);
      const wanted = wantedOf(call.params, before);
      if (sameRecords(records, wanted)) return { took: true };
      const { name, type } = call.params;
      return { took: false, detail: `${name} ${type} is ${sayRecords(records)}, not ${sayRecords(wanted)}` };
    },

    async revert(call, before) {
      await pursue(call, wantedOf(call.params, before), before);
      return { done: true };
    },
  });
}

/** Reads the name, and says what it will be when this step comes, and what it is to be then. */
async function difference(call: PlanCall<DnsSystem, Params>) {
  const seen = await look(call);
  const from = plannedRecords(call.params, call.earlier, seen.records);
  return { seen, from, to: wantedOf(call.params, from) };
}

function wantedOf({ name, values, ttl }: Params, before: Before | Records): Records {
  const kept = ttl ?? before.ttl;
  if (kept !== null) return { values, ttl: kept };
  throw new PluginError('ttl-needed', `${name} has no records yet whose ttl could be kept: give a ttl`, false);
}
