/** What plugin authors import, and nothing else. */
export { definePlugin } from './plugin.js';
export type { Action, Kit, Notifier, Plugin, PluginDefinition, PluginInstance, Probe, Provided } from './plugin.js';
export type { ActionDefinition, Idempotency, NotifierDefinition, ProbeDefinition, Risk } from './action.js';
export type {
  Call,
  CheckAnswer,
  EffectCall,
  Lifting,
  Measurement,
  Message,
  Plan,
  PlanCall,
  PluginLog,
  Progress,
  VerifyAnswer,
} from './call.js';
export { asPlanned } from './as-planned.js';
export { PluginError } from './plugin-error.js';
export { secret } from './secret.js';
export type { Change } from '../core/step-plan.js';
export type { Json } from '../core/json.js';
export { parseDuration, sayDuration } from '../core/duration.js';
