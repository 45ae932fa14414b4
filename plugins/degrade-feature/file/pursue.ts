import { PluginError, type EffectCall } from '../../../src/plugin-sdk/index.js';
import { flagIn, type Flag } from './flag.js';
import type { FileSystem } from './kit.js';
import type { Attribute, Params } from './params.js';
import { edit } from './text.js';

/** How often a write is tried again because the file was changed elsewhere at the same moment. */
const MAX_RACES = 5;

/** An attribute of the flag: what it was, and what it is to be. */
export interface Goal {
  readonly attribute: Attribute;
  readonly from: string;
  readonly to: string;
  /** How the new value was written when it was there before. */
  readonly written?: string;
  /** Hash of everything else in the flag as it was planned; left out, it may be anything. */
  readonly rest?: string;
}

/**
 * Reaches the goal with one new file. Repeatable: what is reached already is left alone.
 *
 * @param call its fence is awaited right before the file is replaced
 * @throws PluginError `changed-meanwhile`, `unknown-variant`, `file-busy`, and what the file throws
 */
export async function pursue(call: EffectCall<FileSystem, Params>, goal: Goal): Promise<void> {
  const { file: name, feature } = call.params;
  const { attribute, from, to } = goal;
  const file = call.client.file.get(name);
  for (let races = 0; races < MAX_RACES; races += 1) {
    const seen = await file.read(call.signal);
    const flag = flagIn(seen.definitions, feature);
    if (flag[attribute] === to) return;
    refuseForeign(call.params, flag, goal);
    refuseUnknown(flag, feature, goal);
    const text = edit(seen, file.format, { feature, attribute }, { value: to, written: goal.written });
    if (!(await file.replace(text, seen, call))) continue;
    call.log.info('flag changed', { file: name, feature, attribute, from, to });
    return;
  }
  throw new PluginError('file-busy', `others changed ${file.path} ${MAX_RACES} times at the same moment`);
}

/**
 * Makes sure that a variant which is to be the default is there: flagd would answer with an error for it.
 *
 * @throws PluginError `unknown-variant`
 */
export function refuseUnknown(flag: Flag, feature: string, { attribute, to }: Pick<Goal, 'attribute' | 'to'>): void {
  if (attribute === 'state' || flag.variants.includes(to)) return;
  const known = flag.variants.join(', ').slice(0, 300);
  throw new PluginError('unknown-variant', `${feature} has no variant ${to}; there are ${known}`, false);
}

function refuseForeign({ file, feature }: Params, flag: Flag, { attribute, from, to, rest }: Goal): void {
  const foreign = (what: string) =>
    new PluginError('changed-meanwhile', `${what} of ${feature} in file ${file}: somebody changed it meanwhile`, false);
  const now = flag[attribute] ?? 'not there';
  if (now !== from) throw foreign(`${now} is the ${attribute}, neither ${from} nor ${to},`);
  if (rest !== undefined && flag.rest(attribute) !== rest)
    throw foreign(`something besides the ${attribute} is not as it was planned`);
}
