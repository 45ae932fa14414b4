import { z } from 'zod';
import type { Json } from '../../core/json.js';
import type { Lifting, PluginLog } from '../../plugin-sdk/call.js';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import type { Action, BareCall, BareEffectCall, BarePlanCall, Probe, Provided } from '../../plugin-sdk/plugin.js';
import { sentOn } from './sent-on.js';
import { checkSchema, measurementSchema, planSchema, progressSchema, verifySchema } from './answers.js';
import type { Hands } from './calls.js';
import { parametersFrom } from './described.js';
import type { CallOrder, ProvidedParts, Verb } from './messages.js';

/** Calls a part of a plugin that lives elsewhere. */
export type Remote = (order: Omit<CallOrder, 'order' | 'id'>, hands: Hands) => Promise<Json>;
type Kind = CallOrder['kind'];

/** Makes of what a child has told its plugin's actions, probes and notifiers, each verb of which calls the child. */
export function providedBy(parts: ProvidedParts, call: Remote): Provided {
  return {
    actions: mapped(parts.actions, (one, name) => actionOf(one, name, call)),
    probes: mapped(parts.probes, (one, name) => probeOf(one, name, call)),
    notifiers: mapped(parts.notifiers, ({ summary }, part) => ({
      summary,
      send: async ({ signal, log }, message) => {
        await call({ kind: 'notifier', part, verb: 'send', message, about: withHeaders() }, { signal, log });
      },
    })),
  };
}

function actionOf(one: ProvidedParts['actions'][string], part: string, call: Remote): Action {
  const { summary, risk, idempotency, reversible } = one;
  const asked =
    <T>(verb: Verb, schema: z.ZodType<T>) =>
    async (bare: AnyCall, params: Json, before?: Json): Promise<T> => {
      const order = { ...orderFor('action', part, verb, bare, params), ...(before === undefined ? {} : { before }) };
      return answerOf(schema, await call(order, handsOf(bare)), `${part}: ${verb}`);
    };
  return {
    summary,
    risk,
    idempotency,
    reversible,
    params: parametersFrom(one.params),
    check: asked('check', checkSchema),
    plan: asked('plan', planSchema),
    apply: asked('apply', progressSchema),
    verify: asked('verify', verifySchema),
    revert: asked('revert', progressSchema),
  };
}

function probeOf({ summary, params }: ProvidedParts['probes'][string], part: string, call: Remote): Probe {
  return {
    summary,
    params: parametersFrom(params),
    measure: async (bare, given) => {
      const order = orderFor('probe', part, 'measure', bare, given);
      return answerOf(measurementSchema, await call(order, handsOf(bare)), `${part}: measure`);
    },
  };
}

/** What any verb may be called with. */
type AnyCall = BareCall &
  Partial<Pick<BareEffectCall, 'key' | 'epoch' | 'fence' | 'lifting'> & Pick<BarePlanCall, 'earlier'>>;

function orderFor(kind: Kind, part: string, verb: Verb, bare: AnyCall, params: Json): Omit<CallOrder, 'order' | 'id'> {
  const { alert, earlier, key, epoch, lifting } = bare;
  const about = {
    ...(alert === undefined
      ? {}
      : { alert: { ...alert, labels: { ...alert.labels }, annotations: { ...alert.annotations } } }),
    ...(earlier === undefined ? {} : { earlier: [...earlier] }),
    ...(key === undefined ? {} : { key }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(lifting === undefined ? {} : { lifting: true }),
    ...withHeaders(),
  };
  return { kind, part, verb, params, about };
}

function withHeaders(): Pick<CallOrder['about'], 'sentOn'> {
  const headers = sentOn();
  return headers === undefined ? {} : { sentOn: { ...headers } };
}

function handsOf({
  signal,
  log,
  fence,
  lifting,
}: {
  signal: AbortSignal;
  log: PluginLog;
  fence?: () => Promise<void>;
  lifting?: Lifting;
}): Hands {
  return {
    signal,
    log,
    ...(fence === undefined ? {} : { fence }),
    ...(lifting === undefined ? {} : { lifting }),
  };
}

function answerOf<T>(schema: z.ZodType<T>, answer: Json, what: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new PluginError(
    'wrong-answer',
    `${what} gave what is no answer (${where === '' ? '' : `${where}: `}${issue?.message ?? ''}): the plugin has to be mended`,
  );
}

function mapped<A, B>(all: { readonly [name: string]: A }, make: (one: A, name: string) => B): { [name: string]: B } {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one, name)]));
}
