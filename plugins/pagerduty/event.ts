import type { Message } from '../../src/plugin-sdk/index.js';
import { oneLine } from '../clients/one-line.js';

/** What is taken of a summary; PagerDuty takes 1,024 characters. */
const MOST_SUMMARY = 1_000;
/** An event may have 512 KB; a message that long is read by nobody. */
const MOST_TEXT = 10_000;
/** What PagerDuty takes of a key at most. */
const MOST_KEY = 255;

/** How urgent PagerDuty takes something to be. */
export type Severity = 'critical' | 'error' | 'warning' | 'info';

/** How urgent each piece of news is; what must be decided now comes before what should be known. */
export const SEVERITIES: { readonly [event in Message['event']]: Severity } = {
  held: 'critical',
  storm: 'critical',
  frozen: 'error',
  'awaiting-approval': 'warning',
  lowered: 'warning',
  problem: 'warning',
  escalated: 'warning',
  'break-glass': 'warning',
  paused: 'info',
  unpaused: 'info',
  opened: 'info',
  closed: 'error',
};

/**
 * Makes an event of PagerDuty's Events API v2 of a message. All news of one execution are one incident, which its end
 * resolves, unless it failed: then somebody must still look.
 *
 * @param routingKey of the service in PagerDuty
 */
export function eventOf(message: Message, routingKey: string): object {
  const { event, execution, id, link, text, title } = message;
  const key = execution === undefined ? id : `firebreak-${execution.id}`;
  const about = { routing_key: routingKey, dedup_key: key.slice(0, MOST_KEY) };
  if (event === 'closed' && execution?.outcome !== 'failed') return { ...about, event_action: 'resolve' };
  return {
    ...about,
    event_action: 'trigger',
    client: 'Firebreak',
    client_url: link,
    links: [{ href: link, text: 'Open in Firebreak' }],
    payload: {
      summary: oneLine(title, MOST_SUMMARY),
      source: execution?.target ?? 'firebreak',
      severity: SEVERITIES[event],
      ...(execution === undefined ? {} : { component: execution.target, group: execution.runbook }),
      class: event,
      custom_details: { text: text.slice(0, MOST_TEXT), message: id },
    },
  };
}
