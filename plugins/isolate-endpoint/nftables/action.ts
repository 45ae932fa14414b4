import { createHash } from 'node:crypto';
import { oneLine } from '../../clients/one-line.js';
import { sayDuration, type Call, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { Place } from './firewalls.js';
import type { NftablesKit, NftablesSystem } from './kit.js';
import type { Element } from './nft.js';
import { beforeSchema, paramsSchema, secondsOf, type Before, type Params } from './params.js';
import { isolate, letIn, type Isolation } from './pursue.js';
import { remaining } from './remaining.js';

/** Makes the action that shuts one endpoint out by an element with a time-out in a set of nftables. */
export function nftablesAction({ action, config }: NftablesKit) {
  return action({
    summary: 'Isolate one endpoint: its address goes into a set of nftables, for a time',
    params: paramsSchema(config.nftables),
    before: beforeSchema,
    risk: 'high',
    idempotency: 'conditional',

    async check(call) {
      const { place, found, promised } = await sight(call);
      if (found !== undefined)
        return { needed: false, because: `${place.address.text} is isolated already, ${sayElement(found)}` };
      if (promised) return { needed: false, because: `an earlier step isolates ${place.address.text}` };
      return { needed: true };
    },

    async plan(call) {
      const { place, found, isolated, promised } = await sight(call);
      const { address, nft, pool } = place;
      const isIn = found !== undefined || promised;
      const left = isIn ? [] : await remaining(pool, address.text, isolated, call.signal);
      const span = sayDuration(secondsOf(call.params) * 1_000);
      const from = isIn ? 'isolated' : 'reachable';
      const before: Before = {
        mark: markOf(call, place),
        was: found === undefined ? null : { timeoutSeconds: found.timeoutSeconds, comment: found.comment },
      };
      const facts = {
        ...(isIn ? {} : { 'left in the pool': `${left.length} of ${pool.name}, which needs ${pool.least}` }),
        ...(found === undefined ? {} : { 'isolated already': sayElement(found) }),
      };
      return {
        summary: isIn
          ? `${nft.name}: ${address.text} is isolated already`
          : `${nft.name}: isolate ${address.text} of the pool ${pool.name} for ${span}`,
        changes: [
          { resource: resourceOf(place), attribute: 'state', from, to: 'isolated' },
          ...(isIn ? [] : [{ resource: resourceOf(place), attribute: 'for', from: null, to: span }]),
        ],
        before,
        facts,
      };
    },

    async apply(call, before) {
      await isolate(call, isolationOf(call, before));
      return { done: true };
    },

    async verify(call, before) {
      const { nft, address } = call.client.nftables.place(call.params);
      const elements = await nft.elements(address, call.signal);
      const found = elements.find((one) => one.address === address.text);
      if (found === undefined) return { took: false, detail: `${address.text} is not isolated at ${nft.name}` };
      const fits = found.comment === before.mark || found.comment === before.was?.comment;
      return fits ? { took: true } : { took: false, detail: `${address.text} is isolated by somebody else` };
    },

    async revert(call, before) {
      await letIn(call, isolationOf(call, before));
      return { done: true };
    },
  });
}

function isolationOf(call: Call<NftablesSystem, Params>, before: Before): Isolation {
  return { place: call.client.nftables.place(call.params), before, seconds: secondsOf(call.params) };
}

/** How plans of this plugin name an endpoint at a firewall. */
function resourceOf({ nft, address }: Place): string {
  return `${resourcesOf(nft.name)}${address.text}`;
}

const resourcesOf = (firewall: string) => `nftables/${firewall}/`;

/** Reads the set, and says what it will hold when this step comes. */
async function sight(call: PlanCall<NftablesSystem, Params>) {
  const place = call.client.nftables.place(call.params);
  const elements = await place.nft.elements(place.address, call.signal);
  const prefix = resourcesOf(place.nft.name);
  const promises = call.earlier.flatMap(({ resource, attribute, to }) =>
    attribute === 'state' && to === 'isolated' && resource.startsWith(prefix) ? [resource.slice(prefix.length)] : [],
  );
  return {
    place,
    found: elements.find((one) => one.address === place.address.text),
    promised: promises.includes(place.address.text),
    isolated: new Set([...elements.map((one) => one.address), ...promises]),
  };
}

/** By this comment our element is known again: the same for the same alert, endpoint and time. */
function markOf({ alert, params }: PlanCall<NftablesSystem, Params>, { nft, address }: Place): string {
  const what = JSON.stringify([alert?.fingerprint ?? 'by hand', nft.name, address.text, params.for]);
  return `firebreak ${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
}

function sayElement({ leftSeconds, comment }: Element): string {
  const left = leftSeconds === null ? 'without an end' : `for ${sayDuration(leftSeconds * 1_000)} more`;
  return comment === '' ? left : `${left} ("${oneLine(comment, 100)}")`;
}
