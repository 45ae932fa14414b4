import { z } from 'zod';
import { FirebreakError } from '../core/errors.js';

/** What somebody pressed. */
export type Press = {
  /** Id of the execution. */
  readonly execution: string;
  /** Where an answer to that person goes. */
  readonly answerTo: string;
} & (
  | {
      readonly says: 'approve' | 'reject';
      /** Of the plan that the message showed. */
      readonly digest: string;
    }
  | { readonly says: 'take' }
);

const form = z.strictObject({ payload: z.string() });

// the buttons are ours; plugins/slack makes them
const planValue = z.string().regex(/^[\w-]{1,100} [0-9a-f]{64}$/);
const executionValue = z.string().regex(/^[\w-]{1,100}$/);

const payloadSchema = z.looseObject({
  type: z.literal('block_actions'),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().optional() })).length(1),
  response_url: z.string(),
});

const SAYS = new Map([
  ['firebreak-approve', 'approve'],
  ['firebreak-reject', 'reject'],
  ['firebreak-take', 'take'],
] as const);

/**
 * Reads what Slack sends when a button is pressed; undefined for a button that says nothing to Firebreak.
 *
 * @throws FirebreakError `malformed-body` for anything else
 */
export function readPress(body: unknown): Press | undefined {
  const payload = payloadSchema.safeParse(jsonIn(form.safeParse(body).data?.payload));
  if (!payload.success) throw new FirebreakError('malformed-body', 'payload: is no press of a button (block_actions)');
  const { actions, response_url: answerTo } = payload.data;
  const [action] = actions;
  const says = [...SAYS].find(([id]) => id === action?.action_id)?.[1];
  if (says === undefined) return undefined;
  if (says === 'take') return { says, execution: named(executionValue, action?.value, 'execution'), answerTo };
  const [execution = '', digest = ''] = named(planValue, action?.value, 'plan').split(' ');
  return { says, execution, digest, answerTo };
}

function named(schema: z.ZodType<string>, value: string | undefined, what: string): string {
  const meant = schema.safeParse(value);
  if (!meant.success) throw new FirebreakError('malformed-body', `payload: this button names no ${what}`);
  return meant.data;
}

function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
