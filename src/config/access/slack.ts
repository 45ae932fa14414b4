import { z } from 'zod';

const secret = z.string().min(16, 'must have at least 16 characters');

/** `access.slack`: buttons of messages in Slack, pressed by people whose Slack account stands under `access.people`. */
export const slackSchema = z.strictObject({
  /** "Signing Secret" of the Slack app. */
  signingSecret: secret,
  /** Where answers to whoever pressed a button go; only addresses there are written to. */
  answers: z.url({ protocol: /^https?$/ }).default('https://hooks.slack.com'),
});

/** `access.slack` as read. */
export type SlackSettings = z.output<typeof slackSchema>;
