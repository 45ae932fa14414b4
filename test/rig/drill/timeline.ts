import type { DrillExecution } from './firebreak.js';
import { rawSamples } from '../prometheus-query.js';

/** One moment on the way from the fault to the service, in milliseconds after the fault. */
export interface Stage {
  readonly name: string;
  readonly ms: number;
}

/** What the way is read from; moments in milliseconds since the epoch. */
export interface Traces {
  readonly faultAt: number;
  /** When the rule first fired; nothing when a person began it. */
  readonly alertAt: number | undefined;
  readonly execution: DrillExecution | undefined;
  /** The first acknowledged write of a user on the new side, in milliseconds after the fault. */
  readonly backMs: number | undefined;
}

/** Puts what is known of a cut-over in the order in which it happened. */
export function stagesOf({ faultAt, alertAt, execution, backMs }: Traces): readonly Stage[] {
  const { receivedAt, openedAt, verifiedAt } = execution?.timeline ?? {};
  const moments: (readonly [string, number | undefined])[] = [
    ['alert', alertAt],
    ['received', receivedAt],
    ['opened', openedAt],
    ...(execution?.steps ?? []).flatMap(
      (step) =>
        [
          [`${step.name} begun`, step.startedAt],
          [`${step.name} done`, step.finishedAt],
        ] as const,
    ),
    ['first write', backMs === undefined ? undefined : faultAt + backMs],
    ['verified', verifiedAt],
    ['closed', execution?.closedAt],
  ];
  return moments
    .flatMap(([name, at]) => (at === undefined ? [] : [{ name, ms: at - faultAt }]))
    .toSorted((x, y) => x.ms - y.ms);
}

/** Reads from Prometheus when the rule first fired for a centre since a moment. */
export async function firedAt(prometheus: string, center: string, since: number): Promise<number | undefined> {
  const samples = await rawSamples(
    prometheus,
    `ALERTS{alertname="CenterLost",alertstate="firing",center="${center}"}[2m]`,
  );
  return samples.find((sample) => sample.at >= since && sample.value === 1)?.at;
}
