import { DashboardLinkBuilder, DashboardLinkType, type DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';

/** Every board carries it; the menu of boards finds them by it. */
export const TAG = 'firebreak';

/** The menu of all boards, which keeps the time range and the variables. */
export function boardsMenu(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Firebreak')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)
    .icon('external link');
}

/** A link of a field, a row or an element. */
export interface Link {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

/**
 * A link to a page of the console: it works for everybody who may look, on every version of Grafana.
 *
 * @param title says what one does there
 * @param path such as `/executions/${__data.fields.execution_id:percentencode}`
 */
export function consoleLink(title: string, path: string): Link {
  return { title, url: `\${console:raw}${path}`, targetBlank: true };
}

/**
 * A link to another board, which keeps the time range and takes the data sources along.
 *
 * @param title says what one sees there
 * @param uid of the board
 * @param variables to choose there, such as `{ runbook: '${__data.fields.runbook:percentencode}' }`
 */
export function boardLink(title: string, uid: string, variables: Readonly<Record<string, string>> = {}): Link {
  const chosen = Object.entries(variables).map(([name, value]) => `&var-${name}=${value}`);
  const kept = ['datasource', 'firebreak', 'job'].map((name) => `&\${${name}:queryparam}`);
  return { title, url: `/d/${uid}?\${__url_time_range}${[...kept, ...chosen].join('')}`, targetBlank: false };
}

/** Puts links behind all that a panel shows. */
export function behind(...links: readonly Link[]): { build(): DashboardLink }[] {
  return links.map(({ title, url, targetBlank }) => new DashboardLinkBuilder(title).url(url).targetBlank(targetBlank));
}
