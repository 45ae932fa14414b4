import type { Execution } from '../core/execution.js';
import type { Exemplar } from './instruments.js';
import { currentSampledTraceId, sampledTraceIdOf } from './trace-ids.js';

/** OpenMetrics allows 128 characters in all; an id of ours has a third of that. */
const LONGEST_ID = 64;

/** Leads from a measurement to the trace and the page of an execution; undefined when nobody keeps its trace. */
export function exemplarOf({ id, origin }: Pick<Execution, 'id' | 'origin'>): Exemplar | undefined {
  const traceId = sampledTraceIdOf(origin);
  if (traceId === undefined) return undefined;
  return { trace_id: traceId, ...(id.length <= LONGEST_ID ? { execution_id: id } : {}) };
}

/** Leads from a measurement to the trace of what is under way here; undefined when nobody keeps it. */
export function currentExemplar(): Exemplar | undefined {
  const traceId = currentSampledTraceId();
  return traceId === undefined ? undefined : { trace_id: traceId };
}
