import { Ajv } from 'ajv';
import { z } from 'zod';

const labels = z.record(z.string(), z.string());
const instant = z.string().max(64);

const webhookAlert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.nullish(),
  startsAt: instant,
  endsAt: instant.nullish(),
  generatorURL: z.string().nullish(),
  fingerprint: z.string().nullish(),
});

/** What Alertmanager (version "4") and Grafana's contact point (version "1") post; keys that are not named here are let through. */
export const webhookBody = z.looseObject({
  version: z.enum(['4', '1']),
  alerts: z.array(webhookAlert),
  truncatedAlerts: z.number().nullish(),
});

/** What Prometheus posts to an Alertmanager's `/api/v2/alerts`. */
export const prometheusBody = z.array(
  z.looseObject({
    labels,
    annotations: labels.nullish(),
    startsAt: instant.nullish(),
    endsAt: instant.nullish(),
    generatorURL: z.string().nullish(),
  }),
);

/** An alert of a webhook body. */
export type WebhookAlert = z.input<typeof webhookAlert>;
/** A webhook body. */
export type WebhookBody = z.input<typeof webhookBody>;
/** A body of Prometheus. */
export type PrometheusBody = z.input<typeof prometheusBody>;

// Types are not coerced and nothing is removed: what does not fit is refused.
const ajv = new Ajv({
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allErrors: false,
  strict: false,
});

/** Checks a webhook body; twenty times as fast as the zod schema that it is made from (docs/adr/0006-ajv-on-intake.md). */
export const isWebhookBody = ajv.compile<WebhookBody>(z.toJSONSchema(webhookBody, { io: 'input', target: 'draft-7' }));

/** Checks a body of Prometheus. */
export const isPrometheusBody = ajv.compile<PrometheusBody>(
  z.toJSONSchema(prometheusBody, { io: 'input', target: 'draft-7' }),
);

/** Says where a body first went wrong, after one of the checks said no. */
export function whatIsWrong(check: typeof isWebhookBody | typeof isPrometheusBody): string {
  const [first] = check.errors ?? [];
  if (first === undefined) return 'the body does not fit';
  return `${first.instancePath === '' ? 'the body' : first.instancePath} ${first.message ?? 'does not fit'}`;
}
