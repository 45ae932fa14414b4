import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { spell, VarnishSession, type BanCondition } from '../../clients/varnish.js';
import type { Looking, VarnishKit, VarnishSystem } from './kit.js';
import { beforeSchema, paramsSchema, type Before, type Params } from './params.js';

/** Makes the action that evicts objects from Varnish by a ban. */
export function varnishAction({ action, config }: VarnishKit) {
  return action({
    summary: 'Evict objects from Varnish by a ban on a tag, an address or another configured field',
    params: paramsSchema(config.varnish),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',
    reversible: false,

    async check(call) {
      // Which objects a ban will hit, nobody can tell; only whether every server can be asked.
      await newestOf(call);
      return { needed: true };
    },

    async plan(call) {
      const { cache } = call.params;
      const text = spell(conditionsOf(call));
      const newest = await newestOf(call);
      const changes = Object.entries(newest).map(([server, at]) => {
        return { resource: `varnish/${cache}/${server}`, attribute: `banned: ${text}`, from: sayTime(at), to: 'now' };
      });
      const facts = {
        objects: 'how many are evicted is not known before: each is fetched anew when it is next asked for',
      };
      return {
        summary: `evict everything with ${sayWhere(call.params)} from Varnish ${cache} (ban ${call.params.ban})`,
        changes,
        before: { newest },
        facts,
      };
    },

    async apply(call, before) {
      const conditions = conditionsOf(call);
      for (const server of Object.keys(before.newest)) await ban(call, server, conditions, before);
      return { done: true };
    },

    async verify(call, before) {
      const newest = await newestOf(call);
      const missing = Object.keys(before.newest).filter((server) => !isNewer(newest[server], before.newest[server]));
      return missing.length === 0
        ? { took: true }
        : {
            took: false,
            detail: `${missing.join(', ')} has no such ban since the plan: none, or one that is done with`,
          };
    },

    revert() {
      const detail = 'what was evicted from Varnish comes back only when it is asked for';
      return Promise.reject(new PluginError('not-reversible', detail, false));
    },
  });
}

/** Bans at one server, unless somebody has done so since the plan: everything that was stale then is banned already. */
async function ban(
  call: EffectCall<VarnishSystem, Params>,
  server: string,
  conditions: readonly BanCondition[],
  before: Before,
): Promise<void> {
  await withServer(call, server, async (session) => {
    if (isNewer(await newestAt(session, conditions), before.newest[server])) return;
    await call.fence();
    await session.ban(conditions);
    call.log.info('objects banned', { cache: call.params.cache, server, ban: spell(conditions) });
  });
}

/** When each server was last given the ban. */
async function newestOf(call: Looking): Promise<Record<string, string | null>> {
  const conditions = conditionsOf(call);
  const { servers } = call.client.varnish.get(call.params.cache);
  const found = await Promise.all(
    [...servers.keys()].map(async (server): Promise<[string, string | null]> => [
      server,
      await withServer(call, server, (session) => newestAt(session, conditions)),
    ]),
  );
  return Object.fromEntries(found);
}

async function newestAt(session: VarnishSession, conditions: readonly BanCondition[]): Promise<string | null> {
  const text = spell(conditions);
  return (await session.bans()).find((one) => one.text === text)?.at ?? null;
}

function sayWhere({ where }: Params): string {
  const said = Object.entries(where).map(([name, value]) => `${name} ${value}`);
  return said.join(' and ');
}

function sayTime(at: string | null): string | null {
  return at === null ? null : new Date(Number(at) * 1_000).toISOString();
}

function isNewer(at: string | null | undefined, than: string | null | undefined): boolean {
  return typeof at === 'string' && (typeof than !== 'string' || Number(at) > Number(than));
}

const conditionsOf = ({ client, params }: Looking): BanCondition[] => client.varnish.conditions(params);

function withServer<T>(
  { client, params, signal }: Looking,
  name: string,
  use: (session: VarnishSession) => Promise<T>,
): Promise<T> {
  const { servers } = client.varnish.get(params.cache);
  const server = servers.get(name);
  if (server !== undefined) return VarnishSession.during(server, signal, use);
  const known = [...servers.keys()].join(', ');
  throw new PluginError('unknown-server', `cache ${params.cache} has ${known}, but no server ${name} any more`, false);
}
