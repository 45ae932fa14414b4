import { z } from 'zod';
import type { Json } from '../core/json.js';
import type { ActionDefinition, Idempotency, NotifierDefinition, ProbeDefinition, Risk } from './action.js';
import type {
  Call,
  CheckAnswer,
  EffectCall,
  Measurement,
  Message,
  Plan,
  PlanCall,
  PluginLog,
  Progress,
  VerifyAnswer,
} from './call.js';
import { secretsIn } from './secret.js';

/** A call before the client and the parsed parameters are added. */
export type BareCall = Omit<Call<never, never>, 'client' | 'params'>;
/** The same for calls that ask what would be changed. */
export type BarePlanCall = Omit<PlanCall<never, never>, 'client' | 'params'>;
/** The same for calls that may change the world. */
export type BareEffectCall = Omit<EffectCall<never, never>, 'client' | 'params'>;

/** An action with its types closed over: it takes JSON and checks it by its own schemas. */
export interface Action {
  readonly summary: string;
  readonly risk: Risk;
  readonly idempotency: Idempotency;
  readonly reversible: boolean;
  readonly params: z.ZodType;
  check(call: BarePlanCall, params: Json): Promise<CheckAnswer>;
  plan(call: BarePlanCall, params: Json): Promise<Plan<Json>>;
  apply(call: BareEffectCall, params: Json, before: Json): Promise<Progress>;
  verify(call: BareCall, params: Json, before: Json): Promise<VerifyAnswer>;
  revert(call: BareEffectCall, params: Json, before: Json): Promise<Progress>;
}

/** A probe with its types closed over. */
export interface Probe {
  readonly summary: string;
  readonly params: z.ZodType;
  measure(call: BareCall, params: Json): Promise<Measurement>;
}

/** A notifier with its types closed over. */
export interface Notifier {
  readonly summary: string;
  send(call: Pick<BareCall, 'signal' | 'log'>, message: Message): Promise<void>;
}

/** What a plugin gives. */
export interface Provided {
  readonly actions?: { readonly [name: string]: Action };
  readonly probes?: { readonly [name: string]: Probe };
  readonly notifiers?: { readonly [name: string]: Notifier };
}

/** Builders whose verbs know the client of this plugin, and its configuration. */
export interface Kit<Client, Config> {
  readonly config: Config;
  /** Makes an action; `Params` and `Before` are taken from the schemas. */
  readonly action: <Params, Before extends Json>(definition: ActionDefinition<Client, Params, Before>) => Action;
  /** Makes a probe. */
  readonly probe: <Params>(definition: ProbeDefinition<Client, Params>) => Probe;
  /** Makes a notifier. */
  readonly notifier: (definition: NotifierDefinition<Client>) => Notifier;
}

/** What a plugin's author writes. */
export interface PluginDefinition<Config, Client> {
  /** Folder name, and the first part of `<plugin>/<action>`. */
  readonly id: string;
  /** Version of this SDK that the plugin was written for. */
  readonly sdk: 1;
  /** The plugin's own version; part of what an approval is bound to. */
  readonly version: string;
  readonly config: z.ZodType<Config>;
  /** Makes the client; called before the first use and again after it failed. */
  connect(config: Config, log: PluginLog): Promise<Client>;
  /** Lets go of the client when the service stops. */
  close(client: Client): Promise<void> | void;
  provide(kit: Kit<Client, Config>): Provided;
}

/** A running plugin: what it gives, and how to stop it. */
export interface PluginInstance {
  readonly provided: Provided;
  /** Values of the configuration that must never be shown. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** A plugin as the host sees it. */
export interface Plugin {
  readonly id: string;
  readonly sdk: 1;
  readonly version: string;
  readonly config: z.ZodType;
  /**
   * Gives the plugin its configuration. Does no I/O: the client is made at the first use.
   *
   * @throws ZodError when the configuration does not fit the plugin's schema
   */
  instantiate(config: unknown, log: PluginLog): PluginInstance;
}

/**
 * Makes a plugin of its definition. The one exported object of a plugin's `index.ts`.
 *
 * @param definition id, configuration, client, and what the plugin provides
 */
export function definePlugin<Config, Client>(definition: PluginDefinition<Config, Client>): Plugin {
  const { id, sdk, version, config: schema } = definition;
  return {
    id,
    sdk,
    version,
    config: schema,
    instantiate(raw, log) {
      const config = schema.parse(raw);
      const client = lazily(() => definition.connect(config, log));
      return {
        provided: definition.provide(kitFor(config, client.get)),
        // As written too: a schema may make something else of a secret, and errors may show either.
        secrets: [...new Set([...secretsIn(schema, raw), ...secretsIn(schema, config)])],
        close: async () => {
          const made = await client.peek();
          if (made !== undefined) await definition.close(made.client);
        },
      };
    },
  };
}

function kitFor<Config, Client>(config: Config, client: () => Promise<Client>): Kit<Client, Config> {
  return {
    config,
    action(definition) {
      const { params, before } = definition;
      const complete = async <C extends BareCall>(call: C, raw: Json) => ({
        ...call,
        client: await client(),
        params: params.parse(raw),
      });
      return {
        summary: definition.summary,
        risk: definition.risk,
        idempotency: definition.idempotency,
        reversible: definition.reversible ?? true,
        params,
        check: async (call, raw) => definition.check(await complete(call, raw)),
        plan: async (call, raw) => definition.plan(await complete(call, raw)),
        apply: async (call, raw, was) => definition.apply(await complete(call, raw), before.parse(was)),
        verify: async (call, raw, was) => definition.verify(await complete(call, raw), before.parse(was)),
        revert: async (call, raw, was) => definition.revert(await complete(call, raw), before.parse(was)),
      };
    },
    probe(definition) {
      const { params } = definition;
      return {
        summary: definition.summary,
        params,
        measure: async (call, raw) =>
          definition.measure({ ...call, client: await client(), params: params.parse(raw) }),
      };
    },
    notifier(definition) {
      return {
        summary: definition.summary,
        send: async (call, message) => definition.send({ ...call, client: await client() }, message),
      };
    },
  };
}

/** Makes a thing at its first use and again after making it failed; `peek` never makes it. */
function lazily<Client>(make: () => Promise<Client>) {
  let making: Promise<Client> | undefined;
  return {
    get: (): Promise<Client> => {
      making ??= make().catch((error: unknown) => {
        making = undefined;
        throw error;
      });
      return making;
    },
    peek: async (): Promise<{ client: Client } | undefined> =>
      making?.then(
        (client) => ({ client }),
        () => undefined,
      ),
  };
}
