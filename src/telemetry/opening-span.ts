import { SpanKind, trace } from '@opentelemetry/api';
import { alertName, type Alert } from '../core/alert.js';
import type { Origin } from '../core/origin.js';
import type { DecisionRecord } from '../engine/execution-store.js';
import { WAKEUP_QUEUE } from '../worker/queue.js';
import { currentHop } from './hop.js';
import { freeText, tracer, under } from './spans.js';

/** What is about to be opened. */
export interface OpeningFacts {
  readonly id: string;
  readonly runbook: { readonly name: string };
  readonly target: string;
  readonly alert?: Alert;
}

/** The span under which everything of an execution is going to stand. */
export interface OpeningSpan {
  /** For the execution; without one there is no request for which it would be opened. */
  readonly begins: { readonly origin?: Origin };
  /** The store has opened it; a span of which neither this nor the other is said is not sent. */
  opened(): void;
  /** A storm has stopped it: what is then proposed for the whole group stands below it. */
  stopped(): void;
}

const UNTRACED = { opened: () => undefined, stopped: () => undefined } as const;
const NOWHERE: OpeningSpan = { begins: {}, ...UNTRACED };

/** Begins the span of opening an execution, for whichever request is under way here. */
export function openingSpan({ id, runbook, target, alert }: OpeningFacts): OpeningSpan {
  const hop = currentHop();
  if (hop === undefined) return NOWHERE;
  const { origin, parent } = hop;
  if (parent === undefined) return { begins: { origin }, ...UNTRACED };
  const span = tracer.startSpan('execution.open', { kind: SpanKind.PRODUCER }, parent);
  if (span.isRecording())
    span.setAttributes({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'ring',
      'messaging.operation.type': 'create',
      'messaging.destination.name': WAKEUP_QUEUE,
      'firebreak.execution_id': id,
      'firebreak.runbook': runbook.name,
      'firebreak.target': freeText(target),
      ...(alert === undefined
        ? {}
        : { 'firebreak.alertname': freeText(alertName(alert)), 'firebreak.fingerprint': alert.fingerprint }),
    });
  return {
    begins: { origin: under(span, origin) },
    opened: () => span.end(),
    stopped: () => span.setAttribute('firebreak.refused', 'storm').end(),
  };
}

/** Notes at the request under way what became of its alerts; one that brought nothing new has no span. */
export function noteReceived(decisions: readonly (readonly Decided[])[], opened: number): void {
  const hop = currentHop();
  if (hop === undefined || (hop.isLazy === true && decisions.every((ofAlert) => ofAlert.every(isOld)))) return;
  const { parent } = hop;
  if (parent === undefined) return;
  trace.getSpan(parent)?.setAttributes({ 'firebreak.alerts': decisions.length, 'firebreak.opened': opened });
}

type Decided = Pick<DecisionRecord, 'decision' | 'because'>;

/** A repeat of what was answered, or what no runbook answers. */
function isOld({ because }: Decided): boolean {
  return because === 'duplicate' || because === 'no-runbook';
}
