import { z } from 'zod';
import { asPlanned, PluginError, type Change, type Plan, type PlanCall } from '../../../src/plugin-sdk/index.js';
import type { MemcachedSession } from '../../clients/memcached.js';
import type { Looking, MemcachedSystem, Writing } from './kit.js';
import type { Before, Generation, Params } from './params.js';
import { changedMeanwhile, withServer } from './reach.js';

/** The number of a namespace as it stands on a server; decreasing leaves blanks behind it. */
interface SeenGeneration {
  readonly server: string;
  readonly text: string;
  readonly flags: string;
  readonly cas: string;
}

const NUMBER = /^\d{1,20} *$/;
const LARGEST = 2n ** 64n - 1n;
const ATTRIBUTE = 'generation';

/** Gives the numbers of a namespace, on whichever servers it has one. */
export async function lookAtNamespace(call: Looking, namespace: string): Promise<SeenGeneration[]> {
  const { servers } = call.client.memcached.get(call.params.cache);
  const found = await Promise.all(
    [...servers.keys()].map((server) =>
      withServer(call, server, (session) => generationAt(call, session, server, namespace)),
    ),
  );
  return found.filter((one) => one !== undefined);
}

/** Plans to raise the number by one: no client will ask for what was written under the old one. */
export async function planNamespace(call: PlanCall<MemcachedSystem, Params>, namespace: string): Promise<Plan<Before>> {
  const generations = (await lookAtNamespace(call, namespace)).map((seen): Generation => {
    const resource = resourceOf(call, seen.server, namespace);
    const planned = asPlanned(call.earlier, resource, ATTRIBUTE, seen.text.trim());
    const isFirst = !call.earlier.some((change) => change.resource === resource);
    const from = isFirst ? seen.text : z.string().parse(planned);
    return { server: seen.server, from, to: next(from, namespace), flags: seen.flags, cas: isFirst ? seen.cas : null };
  });
  const changes = generations.map(({ server, from, to }): Change => {
    return { resource: resourceOf(call, server, namespace), attribute: ATTRIBUTE, from: from.trim(), to };
  });
  return {
    summary: `evict namespace ${namespace} of memcached ${call.params.cache} by raising its number`,
    changes,
    before: { of: 'namespace', generations },
    facts: { restore: 'the number is put back, unless somebody else has raised it: what is still there is used again' },
  };
}

/**
 * Raises the numbers. Repeatable: what is raised already is left alone.
 *
 * @throws PluginError `changed-meanwhile` when a number is not as the plan saw it
 */
export async function raise(call: Writing, namespace: string, generations: readonly Generation[]): Promise<void> {
  for (const { server, from, to, cas } of generations) {
    await withServer(call, server, async (session) => {
      const seen = await generationAt(call, session, server, namespace);
      if (seen?.text === to) return;
      const asSeen = seen?.text.trim() === from.trim() && (cas === null || cas === seen.cas);
      if (seen === undefined || !asSeen) throw foreign(namespace, server, seen);
      await call.fence();
      const written = await session.increase(keyOf(call, namespace), 1, seen.cas);
      if (written !== 'done') throw foreign(namespace, server, undefined);
      call.log.info('namespace evicted', { cache: call.params.cache, server, namespace, from: from.trim(), to });
    });
  }
}

/**
 * Puts the numbers back, if they are still what this step made of them. Repeatable.
 *
 * @throws PluginError `changed-meanwhile` when somebody else has written one
 */
export async function lower(call: Writing, namespace: string, generations: readonly Generation[]): Promise<void> {
  for (const { server, from, to, flags } of generations.toReversed()) {
    await withServer(call, server, async (session) => {
      const key = keyOf(call, namespace);
      const seen = await generationAt(call, session, server, namespace);
      if (seen?.text.trim() === from.trim()) return;
      const lives = await session.glance(key);
      if (seen?.text !== to || lives?.cas !== seen.cas) throw foreign(namespace, server, seen);
      const now = await session.now();
      const until = { expiresAt: lives.ttl === null ? null : now + lives.ttl, now };
      await call.fence();
      const written = await session.replace(key, { value: Buffer.from(from), flags }, until, seen.cas);
      if (written !== 'done') throw foreign(namespace, server, undefined);
    });
  }
}

/** Gives the servers whose number is lower than this step makes it, with what it is. */
export async function notRaised(
  call: Looking,
  namespace: string,
  generations: readonly Generation[],
): Promise<string[]> {
  const seen = await lookAtNamespace(call, namespace);
  return generations.flatMap(({ server, to }) => {
    const now = seen.find((one) => one.server === server);
    // A higher one shuts out the old entries as well; and where there is none, clients begin a new one.
    return now === undefined || BigInt(now.text.trim()) >= BigInt(to) ? [] : [`${now.text.trim()} on ${server}`];
  });
}

async function generationAt(
  call: Looking,
  session: MemcachedSession,
  server: string,
  namespace: string,
): Promise<SeenGeneration | undefined> {
  const found = await session.fetch(keyOf(call, namespace));
  if (found === null) return undefined;
  const text = found.value.toString('latin1');
  if (NUMBER.test(text)) return { server, text, flags: found.flags, cas: found.cas };
  const detail = `the number of namespace ${namespace} on ${server} is none: is ${keyOf(call, namespace)} its key?`;
  throw new PluginError('not-a-number', detail, false);
}

function keyOf({ client, params }: Looking, namespace: string): string {
  const cache = client.memcached.get(params.cache);
  const key = Object.hasOwn(cache.namespaces, namespace) ? cache.namespaces[namespace] : undefined;
  if (key !== undefined) return key;
  throw new PluginError('unknown-namespace', `cache ${cache.name} has no namespace ${namespace} any more`, false);
}

function resourceOf({ params }: Looking, server: string, namespace: string): string {
  return `memcached/${params.cache}/${server}/namespace/${namespace}`;
}

function next(text: string, namespace: string): string {
  const number = BigInt(text.trim());
  if (number < LARGEST) return String(number + 1n);
  throw new PluginError('too-large', `the number of namespace ${namespace} can't be raised any more`, false);
}

function foreign(namespace: string, server: string, seen: SeenGeneration | undefined): PluginError {
  const is = seen === undefined ? 'is another one' : `is ${seen.text.trim()} (version ${seen.cas})`;
  return changedMeanwhile(`the number of namespace ${namespace} on ${server} ${is}`);
}
