import { dryRun, execute } from './boards/runbooks/start.js';
import { remediations } from './kit/annotations.js';
import { tidy } from './kit/tidy.js';

/** The data source of the metrics, as grafana/provisioning/ names it. */
const PROVISIONED = { type: 'prometheus', uid: 'prometheus' };

/** A panel of somebody else, which shows one series for each place where it hurts. */
const SOMEWHERE = {
  path: 'NAME-OF-THE-RUNBOOK',
  runbook: 'NAME-OF-THE-RUNBOOK',
  page: 'ADDRESS-OF-THE-RUNBOOK',
  label: (name: string): string => (name === 'alertname' ? 'NAME-OF-THE-ALERT' : `\${__field.labels.${name}}`),
};

/** Parts for dashboards of your own, by the name of their file in grafana/snippets/; docs/grafana.md says where they go. */
export const SNIPPETS: Readonly<Record<string, unknown>> = {
  'annotation.json': tidy(remediations(PROVISIONED, '').build()),
  'actions.json': tidy([execute(SOMEWHERE, false), dryRun(SOMEWHERE)]),
};
