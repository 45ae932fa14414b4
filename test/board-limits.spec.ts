import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { panelsOf, shippedBoards, type Panel } from './boards/board.js';
import { allRules } from './rig/rule-files.js';

const thresholds = z.looseObject({ steps: z.array(z.looseObject({ value: z.number().nullish() })) });

/** Where the alerts draw the line. */
function limitOf(of: string): number {
  const found = allRules().find(({ record, labels }) => record === 'firebreak:threshold' && labels['of'] === of);
  if (found === undefined) throw new Error(`thresholds.yml says nothing of ${of}`);
  return Number(found.expr);
}

function panelOf(uid: string, title: string): Panel {
  const found = panelsOf(shippedBoards().get(uid)!).find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`${uid} has no panel ${title}`);
  return found;
}

const drawn = (settings: unknown): (number | null | undefined)[] =>
  thresholds.parse(settings).steps.flatMap(({ value }) => (value === null ? [] : [value]));

/** What is drawn across a graph, instead of a column of a table. */
const LINE = 'its line';

/** Colours of a column of a table, or the line of a graph; what is drawn in seconds is compared in milliseconds. */
const LIMITS: readonly [uid: string, panel: string, column: string, of: string, unit: number][] = [
  ['firebreak-config-health', 'Hit rate', LINE, 'cache_hit_rate', 1],
  ['firebreak-config-health', 'Age of the configuration', LINE, 'config_stale_seconds', 1],
  ['firebreak-config-health', 'Fallback, p99', LINE, 'fallback_ms', 1],
  ['firebreak-config-health', 'Services', 'Value #hits', 'cache_hit_rate', 1],
  ['firebreak-config-health', 'Services', 'Value #age', 'config_stale_seconds', 1],
  ['firebreak-config-health', 'Services', 'Value #p99', 'fallback_ms', 1],
  ['firebreak-config-health', 'Features', 'Value #p99', 'p99_ms', 1_000],
  ['firebreak-centers', 'How long a centre takes to answer', LINE, 'rtt_ms', 1_000],
];

describe('B1: the limits that the boards draw are those that the alerts have', () => {
  it.each(LIMITS)('%s: %s, %s: %s', (uid, title, column, of, unit) => {
    const { defaults, overrides } = panelOf(uid, title).fieldConfig;
    const own = overrides.find(({ matcher }) => matcher.options === column);
    const settings =
      column === LINE ? defaults['thresholds'] : own?.properties.find(({ id }) => id === 'thresholds')?.value;
    expect(drawn(settings).map((value) => (value ?? Number.NaN) * unit)).toEqual([limitOf(of)]);
  });
});

/** What an alert on Firebreak itself compares with, as it is written there, and what a board draws of it. */
const OWN: readonly [uid: string, panel: string, alert: string, written: string, drawn: number][] = [
  ['firebreak-overview', 'How late work is', 'FirebreakOldestDue', '> 5', 5],
  ['firebreak-overview', 'How late work is', 'FirebreakCanaryOld', '> 30', 30],
  ['firebreak-overview', 'Age of the permit to begin', 'FirebreakStoreAway', '> 4', 4],
  ['firebreak-overview', 'How long an alert waits for its answer', 'FirebreakAckSlow', '> 1', 1],
  ['firebreak-overview', 'Executions that failed', 'FirebreakFailuresFast', '> 14.4 * 0.05', 0.72],
  ['firebreak-overview', 'Executions that failed', 'FirebreakFailuresLong', '> 1 * 0.05', 0.05],
  ['firebreak-config-health', 'Newest edition refused for', 'FirebreakConfigStale', '> 300', 300],
];

describe('what the boards draw of Firebreak itself is what its alerts compare with', () => {
  it.each(OWN)('%s: %s: %s', (uid, title, alert, comparison, value) => {
    expect(exprOf(alert)).toMatch(new RegExp(`${comparison.replaceAll('*', '\\*')}(?![\\d.])`));
    expect(drawn(panelOf(uid, title).fieldConfig.defaults['thresholds'])).toContain(value);
  });

  it('E5: a drill is overdue on the board when FirebreakDrillOverdue says so', () => {
    const { targets } = panelOf('firebreak-recovery', 'Drills, the last run of each');
    expect(targets.find(({ refId }) => refId === 'overdue')?.expr).toMatch(/> bool 26 \* 3600$/);
    expect(exprOf('FirebreakDrillOverdue')).toMatch(/> 26 \* 3600$/);
  });
});

function exprOf(alert: string): string {
  return (
    allRules()
      .find((one) => one.alert === alert)
      ?.expr.trim() ?? ''
  );
}
