import type { Matcher } from '../core/matcher.js';
import { evaluate, momentAt, type Grid, type Series } from './evaluate.js';
import type { Pace } from './pace.js';
import { leastOf, selectorOf, type Vector } from './query.js';
import type { Reader } from './reader.js';
import { TIMED_OUT, type Refusal } from './refusal.js';
import { keyOf, type Row, type Span } from './row.js';
import { selecting, wantedBy } from './wanted.js';
import { METRICS } from './metrics-read.js';
import type { Labels } from '../core/alert.js';

/** Series with their values, and what is to be said about them. */
export type Computed =
  { readonly ok: true; readonly series: readonly Series[]; readonly warnings: readonly string[] } | Refusal;

/** Label sets, and what is to be said about them. */
export type Listed =
  { readonly ok: true; readonly labels: readonly Labels[]; readonly warnings: readonly string[] } | Refusal;

/** Reads and computes a query. */
export async function compute(reader: Reader, query: Vector, grid: Grid, pace: Pace): Promise<Computed> {
  const span = { from: grid.start, to: momentAt(grid, grid.count - 1) };
  const matchers = selectorOf(query);
  const selected = await select(reader, matchers, span, pace, leastOf(query));
  if (!selected.ok) return selected;
  const evaluated = await evaluate(query, selected.rows, grid, pace);
  return evaluated.ok ? { ...evaluated, warnings: selected.warnings } : evaluated;
}

/** Lists the series that any of some selectors selects in a stretch of time, each once. */
export async function list(
  reader: Reader,
  selectors: readonly (readonly Matcher[])[],
  span: Span,
  pace: Pace,
): Promise<Listed> {
  const found = new Map<string, Labels>();
  const warnings = new Set<string>();
  for (const matchers of selectors) {
    const selected = await select(reader, matchers, span, pace, -Infinity);
    if (!selected.ok) return selected;
    for (const { labels } of selected.rows) {
      found.set(keyOf(labels), labels);
      if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
    }
    for (const warning of selected.warnings) warnings.add(warning);
  }
  return { ok: true, labels: [...found.values()], warnings: [...warnings] };
}

type Selected = { readonly ok: true; readonly rows: readonly Row[]; readonly warnings: readonly string[] } | Refusal;

async function select(
  reader: Reader,
  matchers: readonly Matcher[],
  span: Span,
  pace: Pace,
  least: number,
): Promise<Selected> {
  const wanted = wantedBy(matchers, span, least);
  if (wanted.metrics.length === 0) return { ok: true, rows: [], warnings: [NO_SUCH] };
  const read = await reader.read(wanted, pace);
  if (!read.ok) return read;
  const isSelected = selecting(matchers);
  const rows: Row[] = [];
  for (const row of read.rows) {
    if (isSelected(row)) rows.push(row);
    if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
  }
  return { ok: true, rows, warnings: read.warnings };
}

const NO_SUCH = `nothing here has such a name; there are: ${METRICS.join(', ')}`;
