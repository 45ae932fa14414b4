import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { LabelGate, shortened, type LabelSet, type LabelValues } from './label-set.js';
import { promptly, together } from './together.js';

/** A metric has at most so many combinations of labels, whatever comes. */
const MOST_COMBINATIONS = 1_000;
/** Each of them is a dozen series or more. */
const MOST_OF_HISTOGRAM = 500;
/** What has so few series by itself never leaves one out. */
const FEW = 10;
/** A gauge that takes longer says nothing; Prometheus waits for ten seconds for all of them. */
const PATIENCE_MS = 2_000;
/** Beside its buckets a histogram has `+Inf`, a sum and a count. */
const BESIDE_BUCKETS = 3;

/** Counts one thing more, or several. */
export type Count<T extends string> = (values: LabelValues<T>, by?: number) => void;

/** Adds one measurement; with an exemplar, the labels by which its trace is found. */
export type Measure<T extends string> = (values: LabelValues<T>, value: number, exemplar?: Exemplar) => void;

/** What leads from a measurement to the trace it came from. */
export type Exemplar = Readonly<Record<string, string>>;

/** What a gauge says of one thing. */
export interface Reading<T extends string> {
  readonly labels: LabelValues<T>;
  readonly value: number;
}

/** Gives what a gauge says now, the most important first. */
export type Read<T extends string> = () => Promise<readonly Reading<T>[]> | readonly Reading<T>[];

/** Makes metrics of which each has a bound on its series (I15), and knows the sum of the bounds. */
export class Instruments {
  /** Of the richer format, which alone has exemplars; exposition.ts derives the other one. */
  readonly registry = new Registry<OpenMetricsContentType>();
  private readonly registers = [this.registry];
  private readonly naming = new Set<string>();
  private readonly dropped: Counter<string>;
  private series = 0;

  constructor() {
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const help = 'Series that were left out because a metric names no more things, counted at each scrape';
    this.dropped = this.newCounter('info_series_dropped_total', help, ['metric']);
  }

  /** So many series there can be, whatever happens. */
  get mostSeries(): number {
    return this.series + this.naming.size;
  }

  /** Makes a counter. */
  counter<T extends string>(
    name: string,
    help: string,
    labels: { readonly [name in T]: LabelSet },
    most = MOST_COMBINATIONS,
  ): Count<T> {
    const gate = new LabelGate(labels, most);
    const counter = this.newCounter(name, help, Object.keys(labels));
    this.series += gate.most;
    return (values, by = 1) => counter.inc(gate.pass(values), by);
  }

  /** Makes a histogram with upper bounds of its own. */
  histogram<T extends string>(
    name: string,
    help: string,
    labels: { readonly [name in T]: LabelSet },
    buckets: readonly number[],
    most = MOST_OF_HISTOGRAM,
  ): Measure<T> {
    const gate = new LabelGate(labels, most);
    const histogram = new Histogram<string>({
      name: `firebreak_${name}`,
      help,
      labelNames: Object.keys(labels),
      buckets: [...buckets],
      registers: this.registers,
      enableExemplars: true,
    });
    if (gate.most === 1) histogram.zero({});
    this.series += gate.most * (buckets.length + BESIDE_BUCKETS);
    return (values, value, exemplar) =>
      histogram.observe({ labels: gate.pass(values), value, ...(exemplar && { exemplarLabels: exemplar }) });
  }

  /**
   * Makes a gauge that is asked at each scrape.
   *
   * @param labels their names
   * @param most so many series at most; what is beyond them is left out, and counted as such
   * @param read what it says; when that fails or takes long it says nothing, because a scrape must not fail while Redis is
   * away: that is when people look
   */
  gauge<T extends string>(name: string, help: string, labels: readonly T[], most: number, read: Read<T>): void {
    const full = `firebreak_${name}`;
    this.series += most;
    const look = together(async () => read());
    if (most > FEW) this.leftOut(full, 0);
    const gauge: Gauge<string> = new Gauge<string>({
      name: full,
      help,
      labelNames: [...labels],
      registers: this.registers,
      collect: async () => {
        const readings = (await promptly(look, PATIENCE_MS)) ?? [];
        gauge.reset();
        // without labels a reset gauge says 0, which would be a lie
        if (labels.length === 0) gauge.remove();
        for (const { labels: values, value } of readings.slice(0, most)) gauge.set(cut(values), value);
        if (readings.length > most) this.leftOut(full, readings.length - most);
      },
    });
  }

  /** Makes a gauge of one number; it says nothing while there is none. */
  number(name: string, help: string, read: () => Promise<number | undefined> | number | undefined): void {
    this.gauge<never>(name, help, [], 1, async () => {
      const value = await read();
      return value === undefined ? [] : [{ labels: {}, value }];
    });
  }

  /** Counts series that a metric left out. */
  leftOut(metric: string, count: number): void {
    this.naming.add(metric);
    this.dropped.inc({ metric }, count);
  }

  private newCounter(name: string, help: string, labelNames: string[]): Counter<string> {
    return new Counter<string>({ name: `firebreak_${name}`, help, labelNames, registers: this.registers });
  }
}

function cut(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shortened(value)]));
}
