import type { z } from 'zod';
import type { Json } from '../core/json.js';
import type {
  Call,
  CheckAnswer,
  EffectCall,
  Measurement,
  Message,
  Plan,
  PlanCall,
  Progress,
  VerifyAnswer,
} from './call.js';

/** How much harm an action can do; high risk needs two independent guards. */
export type Risk = 'low' | 'medium' | 'high';

/**
 * What makes a repeated `apply` harmless: the target knows the key (`native-key`), the write is conditional on what was
 * there (`conditional`), the same write twice is the same state (`natural`), or nothing (`none`: attempted at most once).
 */
export type Idempotency = 'native-key' | 'conditional' | 'natural' | 'none';

/** A way to change the world, in five verbs; only `apply` and `revert` may change anything. */
export interface ActionDefinition<Client, Params, Before extends Json> {
  /** One line for lists and approvers. */
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  /** Shape of what `plan` keeps for `revert`; it goes through the journal as JSON. */
  readonly before: z.ZodType<Before>;
  readonly risk: Risk;
  readonly idempotency: Idempotency;
  /** False for changes that cannot be taken back; the default is true. */
  readonly reversible?: boolean;
  /** Is there anything to do? Repeatable; throws when that can't be found out. */
  check(call: PlanCall<Client, Params>): Promise<CheckAnswer>;
  /** What would change, from what to what. Repeatable; throws when no plan can be made. */
  plan(call: PlanCall<Client, Params>): Promise<Plan<NoInfer<Before>>>;
  /** Makes the change. Repeatable per `call.key`; throws when it failed or its outcome is unknown: `verify` decides. */
  apply(call: EffectCall<Client, Params>, before: Before): Promise<Progress>;
  /** Is the change in force? Read back from the target; throws when that can't be found out. */
  verify(call: Call<Client, Params>, before: Before): Promise<VerifyAnswer>;
  /** Restores `before`. Repeatable; for a step that never took it does nothing. */
  revert(call: EffectCall<Client, Params>, before: Before): Promise<Progress>;
}

/** A way to measure the world. */
export interface ProbeDefinition<Client, Params> {
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  /** Throws when the source can't be asked; the host makes `unknown` of it. */
  measure(call: Call<Client, Params>): Promise<Measurement>;
}

/** A way to tell people. */
export interface NotifierDefinition<Client> {
  readonly summary: string;
  /** Throws when the message was not taken; it is then sent again. */
  send(call: Pick<Call<Client, never>, 'client' | 'signal' | 'log'>, message: Message): Promise<void>;
}
