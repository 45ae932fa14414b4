import { z } from 'zod';
import { asPlanned, type PlanCall } from '../../../src/plugin-sdk/index.js';
import { flagIn, valueOf, type Flag } from './flag.js';
import type { FileKit, FileSystem } from './kit.js';
import { beforeSchema, goalOf, paramsSchema, type Attribute, type Params } from './params.js';
import { pursue, refuseUnknown } from './pursue.js';
import { edit, notUnderstood, writtenIn } from './text.js';

/** Makes the action that disables a flag, or sets its default variant, in a file that flagd reads. */
export function fileAction({ action, config }: FileKit) {
  return action({
    summary: 'Disable a flag, or set its default variant, in a file that flagd reads',
    params: paramsSchema(config.file),
    before: beforeSchema,
    risk: 'medium',
    idempotency: 'conditional',

    async check(call) {
      const { attribute, from, to } = await planned(call);
      if (from !== to) return { needed: true };
      return { needed: false, because: `the ${attribute} of ${call.params.feature} is ${to} already` };
    },

    async plan(call) {
      const { attribute, from, to, flag, seen, written } = await planned(call);
      const { file: name, feature } = call.params;
      const file = call.client.file.get(name);
      await file.assertReplaceable(call.signal);
      refuseUnknown(flag, feature, { attribute, to });
      // What can't be written is found now, and not when it was agreed to.
      edit(seen, file.format, { feature, attribute }, { value: to });
      const facts = factsOf(flag, attribute);
      return {
        summary: `${feature} in ${name}: ${attribute} ${from} -> ${to}`,
        changes: [{ resource: resourceOf(call.params), attribute, from, to }],
        before: { value: from, written, rest: flag.rest(attribute) },
        ...(facts === undefined ? {} : { facts }),
      };
    },

    async apply(call, before) {
      const { attribute, to } = goalOf(call.params);
      await pursue(call, { attribute, from: before.value, to, rest: before.rest });
      return { done: true };
    },

    async verify(call) {
      const { attribute, to } = goalOf(call.params);
      const { file, feature } = call.params;
      const now = flagIn((await call.client.file.get(file).read(call.signal)).definitions, feature)[attribute];
      if (now === to) return { took: true };
      return { took: false, detail: `the ${attribute} of ${feature} is ${now ?? 'not there'}, not ${to}` };
    },

    async revert(call, before) {
      const { attribute, to } = goalOf(call.params);
      await pursue(call, { attribute, from: to, to: before.value, written: before.written });
      return { done: true };
    },
  });
}

/** Reads the flag, and says from what to what it goes when this step comes. */
async function planned(call: PlanCall<FileSystem, Params>) {
  const { file: name, feature } = call.params;
  const { attribute, to } = goalOf(call.params);
  const file = call.client.file.get(name);
  const seen = await file.read(call.signal);
  const flag = flagIn(seen.definitions, feature);
  const now = valueOf(flag, attribute, feature);
  const from = z.string().parse(asPlanned(call.earlier, resourceOf(call.params), attribute, now));
  const written = writtenIn(seen.text, file.format, feature, attribute);
  if (written === undefined) throw notUnderstood(`the ${attribute} of ${feature} is not written as a text of its own`);
  // An earlier step will have written its own: then it is written anew.
  return { attribute, from, to, flag, seen, written: from === now ? written : JSON.stringify(from) };
}

function factsOf(flag: Flag, attribute: Attribute): { readonly [name: string]: string } | undefined {
  if (attribute === 'state')
    return { afterwards: `applications go by the default in their own code while the flag is DISABLED` };
  return flag.hasTargeting ? { targeting: 'its rules come before the default variant' } : undefined;
}

/** How plans of this plugin name a flag: names of files have no slash. */
function resourceOf({ file, feature }: Params): string {
  return `flag-file/${file}/${feature}`;
}
