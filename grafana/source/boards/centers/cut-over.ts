import type { Action } from '@grafana/grafana-foundation-sdk/dashboard';
import { action, TIME_RANGE } from '../../kit/actions.js';
import { consoleLink, type Link } from '../../kit/links.js';
import { chosen, noReason } from '../../kit/variables.js';

/** Which runbook the buttons start, and for which service those of the picture do. */
export const CUT_OVER_VARIABLES = [
  chosen('runbook', {
    label: 'Cut over with',
    query:
      'label_values(firebreak_runbook_info{job="$job", runbook=~".*(cut-over|shift-center|fail-back).*"}, runbook)',
  }),
  chosen('service', {
    label: 'Service',
    query: 'label_values(firebreak_center_service_info{job="$job"}, service)',
  }),
  noReason(),
];

/**
 * Asks for a cut-over away from a centre; somebody else must approve it, also where the runbook acts by itself.
 *
 * @param center a name, or what a row is read by
 * @param service likewise
 */
export function cutOver(center: string, service: string): Action {
  return action({
    title: 'Cut over',
    confirmation: `Ask somebody else to approve that ${service} is moved away from centre ${center} with the runbook \${runbook}?`,
    path: '/runbooks/${runbook:percentencode}/executions',
    query: { 'label.center': center, 'label.service': service, ...TIME_RANGE },
    color: 'orange',
    asksReason: true,
  });
}

/** The same in the console, for everybody and with everything that is known of the centres. */
export const toCenters: Link = consoleLink('Centres in the console: what stands by, and cut over there', '/centers');
