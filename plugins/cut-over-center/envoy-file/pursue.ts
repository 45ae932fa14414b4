import { PluginError, type EffectCall, type Progress } from '../../../src/plugin-sdk/index.js';
import type { FileText } from '../../clients/whole-file.js';
import type { Goal } from './goal.js';
import type { EnvoyFileSystem } from './kit.js';
import type { Before, Params } from './params.js';
import { edited, nextVersion } from '../../clients/discovery-text.js';
import { hashOfRest, type Parsed } from './text.js';
import { byName, refuseOutage, resourceNamed, weightsIn } from './weights.js';

type Seen = Parsed & FileText;

const ASK_AGAIN_MS = 200;

/**
 * Reaches the goals with one new file, and waits until Envoy goes by it, if it can be asked. Repeatable: what is reached
 * already is left alone.
 *
 * @param call its fence is awaited right before the file is replaced
 * @param planned what the file was when it was planned; taking back goes by the goals alone
 * @throws PluginError `changed-meanwhile`, `no-server-left`, `bad-weight`, `not-understood`, `did-not-take`, and what the file throws
 */
export async function pursue(
  call: EffectCall<EnvoyFileSystem, Params>,
  goals: readonly Goal[],
  planned?: Before,
): Promise<Progress> {
  const { file: name, resource } = call.params;
  const { file, format } = call.client.envoyFile.get(name);
  const seen = await file.read(call.signal);
  if (missing(goals, seen, resource) !== undefined) {
    refuseForeign(goals, seen, call.params, planned);
    await file.replace(textWith(goals, seen, resource, format), seen, call);
    call.log.info('weights changed', { file: name, resource, weights: goals.map((one) => `${one.name} ${one.to}`) });
    const detail = missing(goals, await file.read(call.signal), resource);
    if (detail !== undefined) throw new PluginError('did-not-take', `the file was replaced, but ${detail}`);
  }
  const lacking = await notInForce(call, goals);
  if (lacking === undefined) return { done: true };
  const { since } = await file.read(call.signal);
  if (Date.now() - since < call.client.envoyFile.takesMs) return { done: false, againInMs: ASK_AGAIN_MS };
  throw new PluginError('did-not-take', `the file is in place, but ${lacking}`, false);
}

/** Gives the goals that the file does not have, each with what it has, as one line; undefined when it has all. */
export function missing(goals: readonly Goal[], seen: Seen, resource: string): string | undefined {
  const weights = byName(weightsIn(resourceNamed(seen.response, resource).resource));
  const open = goals.filter(({ name, to }) => weights.get(name) !== to);
  const say = ({ name, to }: Goal) => `weight of ${name} is ${weights.get(name) ?? 'not there'}, not ${to}`;
  return open.length === 0 ? undefined : open.map(say).join('; ');
}

/** Gives the goals that Envoy does not go by; undefined when it does, or can't be asked for want of an admin interface. */
export async function notInForce(
  call: Pick<EffectCall<EnvoyFileSystem, Params>, 'client' | 'params' | 'signal'>,
  goals: readonly Goal[],
): Promise<string | undefined> {
  const { admin } = call.client.envoyFile;
  if (admin === undefined) return undefined;
  const { resource } = call.params;
  const now = await admin.inForce(resource, call.signal);
  if (now === undefined) return `Envoy knows no ${resource}`;
  // Envoy does not show localities without endpoints, which get nothing anyway.
  const open = goals.filter(({ name, to }) => (now.weights.get(name) ?? 0) !== to);
  if (open.length === 0) return undefined;
  const why = now.refused === undefined ? '' : `; it refused: ${now.refused.slice(0, 300)}`;
  const all = [...now.weights.values()].every((weight) => weight === 0)
    ? ' (it goes by no weights at all: does the cluster have locality_weighted_lb_config?)'
    : '';
  const say = ({ name, to }: Goal) => `${name} has ${now.weights.get(name) ?? 'no weight'}, not ${to}`;
  return `in Envoy ${open.map(say).join('; ')}${why}${all}`;
}

function refuseForeign(goals: readonly Goal[], seen: Seen, { file, resource }: Params, planned?: Before): void {
  const weights = byName(weightsIn(resourceNamed(seen.response, resource).resource));
  const foreign = (what: string) =>
    new PluginError('changed-meanwhile', `${what} in file ${file}: somebody changed it meanwhile`, false);
  for (const { name, from, to } of goals) {
    const now = weights.get(name);
    if (now === from || now === to) continue;
    throw foreign(`weight of ${name} of ${resource} is ${now ?? 'not there'}, neither ${from} nor ${to},`);
  }
  if (planned === undefined) return;
  const touched = new Set(goals.map((one) => one.name));
  for (const [name, was] of Object.entries(planned.weights)) {
    if (touched.has(name) || weights.get(name) === was) continue;
    throw foreign(`weight of ${name} of ${resource} is ${weights.get(name) ?? 'not there'}, and was ${was},`);
  }
  if (hashOfRest(seen) !== planned.rest) throw foreign(`something besides the weights is not as it was planned`);
}

/** The text with the goals reached and a version of its own, after all that would be wrong with it was refused. */
function textWith(goals: readonly Goal[], seen: Seen, resource: string, format: 'yaml' | 'json'): string {
  const { resource: found, index } = resourceNamed(seen.response, resource);
  const all = weightsIn(found);
  const after = new Map(goals.map(({ name, to }) => [name, to]));
  refuseOutage(resource, all, after);
  const edits = all.flatMap(({ name, path, zeroIs }) => {
    const to = after.get(name);
    const written = to === 0 && zeroIs === 'left-out' ? undefined : to;
    return to === undefined ? [] : [{ path: ['resources', index, ...path], to: written }];
  });
  const version = { path: ['version_info'], to: nextVersion(seen.response.version_info) };
  return edited(seen, format, [...edits, version]);
}
