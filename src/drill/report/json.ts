import type { DrillReport } from '../drill-report.js';

/** The report as JSON: moments in RFC 3339, and numbers that JSON does not have as texts. */
export function jsonOf(report: DrillReport): string {
  return `${JSON.stringify({ apiVersion: 'firebreak/v1', kind: 'DrillReport', ...report }, plainly, 2)}\n`;
}

function plainly(name: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return String(value);
  return MOMENTS.test(name) ? new Date(value).toISOString() : value;
}

/** `at`, `from`, `injectedAt`, ... but no lengths, which end with Ms. */
const MOMENTS = /^(?:at|from|\w+At|startsAt)$/;
