import { matches, type Matcher } from '../core/matcher.js';
import type { Labels } from '../core/alert.js';
import { METRICS, type Metric } from './metrics-read.js';
import type { Row, Span } from './row.js';

/** What must be read for a selector, as far as the store can tell it apart. */
export interface Wanted {
  readonly metrics: readonly Metric[];
  readonly span: Span;
  /** What has a time as its value and a smaller one than this is not wanted. */
  readonly least: number;
  /** Nothing is wanted of the time in which an execution was closed. */
  readonly onlyOpen: boolean;
  readonly executionId?: string;
  readonly runbook?: string;
  readonly target?: string;
  readonly fingerprint?: string;
  readonly alertname?: string;
}

/** Finds out what must be read for a selector. */
export function wantedBy(matchers: readonly Matcher[], span: Span, least: number): Wanted {
  const names = matchers.filter(({ name }) => name === '__name__');
  const metrics = METRICS.filter((metric) => names.every((matcher) => matches(matcher, { __name__: metric })));
  const must = (name: string, as: string) => {
    const found = matchers.find((one) => one.name === name && one.op === '=' && one.value !== '');
    return found === undefined ? {} : { [as]: found.value };
  };
  return {
    metrics,
    span,
    least,
    onlyOpen: metrics.every((metric) => isOnlyOpen(metric, matchers)),
    ...must('execution_id', 'executionId'),
    ...must('runbook', 'runbook'),
    ...must('target', 'target'),
    ...must('fingerprint', 'fingerprint'),
    ...must('alertname', 'alertname'),
  };
}

function isOnlyOpen(metric: Metric, matchers: readonly Matcher[]): boolean {
  if (metric === 'firebreak_execution')
    return matchers.some((one) => one.name === 'phase' && !matches(one, { phase: 'closed' }));
  return metric === 'firebreak_execution_running' || metric === 'firebreak_pending_approval_info';
}

/** Tells of each row whether a selector selects it; every value is held against an expression once only. */
export function selecting(matchers: readonly Matcher[]): (row: Row) => boolean {
  const tests = matchers.map((matcher) => {
    if (matcher.op === '=' || matcher.op === '!=') return (labels: Labels) => matches(matcher, labels);
    const known = new Map<string, boolean>();
    return (labels: Labels) => {
      const value = labels[matcher.name] ?? '';
      const said = known.get(value) ?? matches(matcher, labels);
      known.set(value, said);
      return said;
    };
  });
  return ({ labels }) => tests.every((test) => test(labels));
}
