import type { Town } from '../history.js';
import { HISTORY_RUNBOOKS } from '../history-settings.js';
import type { KnownHistory } from '../known-history.js';
import { CENTERS } from './centers.js';
import type { Expected } from './checks.js';
import { CONFIG_HEALTH } from './config-health.js';
import { EXECUTIONS } from './executions.js';
import { OVERVIEW } from './overview.js';
import { RECOVERY } from './recovery.js';
import { RUNBOOKS } from './runbooks.js';

/** What each board shows of the known history. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'firebreak-centers': CENTERS,
  'firebreak-config-health': CONFIG_HEALTH,
  'firebreak-executions': EXECUTIONS,
  'firebreak-overview': OVERVIEW,
  'firebreak-recovery': RECOVERY,
  'firebreak-runbooks': RUNBOOKS,
};

/** What a choice is held against. */
interface Known {
  readonly town: Town;
  readonly history: KnownHistory;
}

const just =
  (...wanted: readonly string[]) =>
  (values: readonly string[]): string | undefined =>
    values.join() === wanted.join() ? undefined : `${values.join()} instead of ${wanted.join()}`;

const among =
  (all: readonly string[]) =>
  (values: readonly string[]): string | undefined => {
    const strange = values.filter((one) => !all.includes(one));
    return values.length > 0 && strange.length === 0 ? undefined : `${values.length}, and strange: ${strange.join()}`;
  };

const runbooks = Object.keys(HISTORY_RUNBOOKS).map((file) => file.replace('.yaml', ''));

/** What each choice offers, by its name: the same on all boards. */
export const OFFERED: Readonly<Record<string, (values: readonly string[], known: Known) => string | undefined>> = {
  datasource: just('Prometheus'),
  firebreak: just('Firebreak'),
  job: just('firebreak'),
  console: (values, { town }) => just(town.firebreak)(values),
  runbook: among(runbooks),
  service: among(['orders', 'search', 'shop']),
  execution: (values, { history }) => (values.includes(history.cutOver) ? undefined : 'the cut-over is missing'),
  reason: just(''),
};
