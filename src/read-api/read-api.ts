import { Inject, Injectable } from '@nestjs/common';
import { RE2JS } from 're2js';
import type { Labels } from '../core/alert.js';
import type { Clock } from '../core/clock.js';
import type { Matcher } from '../core/matcher.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { CLOCK, STORE } from '../parts.js';
import { buildInfo, metadataOf } from './about.js';
import { listed, plainly, write, type Answer, type Content } from './answer.js';
import { askedInstant, askedRange, askedSelectors, computedUntil, timeoutOf } from './asked.js';
import { gridAt } from './evaluate.js';
import { Gate } from './gate.js';
import { labelsOf, METRICS } from './metrics-read.js';
import { Pace } from './pace.js';
import type { Parameters } from './parameters.js';
import { readQuery } from './read-query.js';
import { Reader } from './reader.js';
import { compute, list } from './reading.js';
import { badData, badParameter, TIMED_OUT, WAITED_TOO_LONG, type Refusal } from './refusal.js';
import { matrix, scalar, vector } from './values.js';

/** How many queries one process computes at once, and how many may wait; everything else it does goes on meanwhile. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 100;
/** How many series a query answers with: no dashboard shows more. */
const MOST_SERIES = 2_000;
/** How many are listed. */
const MOST_LISTED = 20_000;

/** What is selected where nothing is said. */
const ALL: readonly Matcher[] = [{ name: '__name__', op: '!=', value: '' }];

/** Answers as Prometheus' HTTP API does, from executions, decisions and journals; it reads, and can change nothing. */
@Injectable()
export class ReadApi {
  private readonly gate = new Gate(MOST_AT_ONCE, MOST_WAITING);
  private readonly reader: Reader;

  constructor(
    @Inject(STORE) store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new Reader(store);
  }

  /** Computes a query at one moment. */
  query(asked: Parameters): Promise<Answer> {
    return this.inTurn(asked, async (pace) => {
      const instant = askedInstant(asked, this.clock.now());
      if (!instant.ok) return instant;
      const { query, at, most } = instant;
      if (query.is === 'number') return scalar(at, query.value);
      const grid = gridAt(at);
      const computed = await compute(this.reader, query, grid, pace);
      if (!computed.ok) return computed;
      const { kept, warnings } = cutTo(Math.min(most, MOST_SERIES), computed.series, computed.warnings);
      return vector(kept, grid, warnings);
    });
  }

  /** Computes a query at many moments. */
  queryRange(asked: Parameters): Promise<Answer> {
    return this.inTurn(asked, async (pace) => {
      const range = askedRange(asked);
      if (!range.ok) return range;
      const { query, grid, most } = range;
      if (query.is === 'number') {
        const places = Array.from({ length: grid.count }, (_, place) => place);
        return matrix([{ labels: {}, places, values: places.map(() => query.value) }], grid, []);
      }
      const computed = await compute(this.reader, query, grid, pace);
      if (!computed.ok) return computed;
      const { kept, warnings } = cutTo(Math.min(most, MOST_SERIES), computed.series, computed.warnings);
      return matrix(kept, grid, warnings);
    });
  }

  /** Lists series. */
  series(asked: Parameters): Promise<Answer> {
    if (asked.all('match[]').length === 0) return this.say(badData('no match[] parameter provided'));
    return this.list(asked, ALL, (found) => found);
  }

  /** Lists the names of labels: all that there are, or those of some series. */
  labels(asked: Parameters): Promise<Answer> {
    if (asked.all('match[]').length === 0) return this.say(plainly(sorted(['__name__', ...METRICS.flatMap(labelsOf)])));
    return this.list(asked, ALL, (found) => sorted(found.flatMap((labels) => Object.keys(labels))));
  }

  /** Lists the values of a label: of all series, or of some. */
  labelValues(name: string, asked: Parameters): Promise<Answer> {
    if (!/^[a-zA-Z_]\w*$/.test(name)) return this.say(badData(`invalid label name: ${JSON.stringify(name)}`));
    if (name === '__name__' && asked.all('match[]').length === 0) return this.say(plainly(sorted(METRICS)));
    return this.list(asked, havingLabel(name), (found) => sorted(found.map((labels) => labels[name] ?? '')));
  }

  /** Tells what there is. */
  metadata(asked: Parameters): Promise<Answer> {
    return this.say(metadataOf(asked));
  }

  /** Tells as which Prometheus this is to be treated. */
  buildInfo(): Promise<Answer> {
    return this.say(plainly(buildInfo()));
  }

  /** Nothing here has exemplars; a query that is not understood is refused all the same. */
  exemplars(asked: Parameters): Promise<Answer> {
    const read = readQuery(asked.one('query'));
    return this.say(read.ok ? plainly([]) : badParameter('query', read.error));
  }

  /** There are no rules here, and no alerts by them. */
  none(kind: 'groups' | 'alerts'): Promise<Answer> {
    return this.say(plainly({ [kind]: [] }));
  }

  private list<T>(
    asked: Parameters,
    otherwise: readonly Matcher[],
    shape: (found: readonly Labels[]) => readonly T[],
  ): Promise<Answer> {
    return this.inTurn(asked, async (pace) => {
      const selectors = askedSelectors(asked, otherwise);
      if (!selectors.ok) return selectors;
      const found = await list(this.reader, selectors.selectors, selectors.span, pace);
      if (!found.ok) return found;
      const { kept, warnings } = cutTo(Math.min(selectors.most, MOST_LISTED), shape(found.labels), found.warnings);
      return listed(kept, warnings);
    });
  }

  private async inTurn(asked: Parameters, doIt: (pace: Pace) => Promise<Content | Refusal>): Promise<Answer> {
    const timeout = timeoutOf(asked);
    if (!timeout.ok) return this.say(timeout);
    const begun = performance.now();
    const answer = await this.gate.pass(new Pace(begun + timeout.ms), async () => {
      const until = computedUntil(timeout, begun, performance.now());
      const pace = new Pace(until, undefined, asked.isGone);
      return (await pace.rest()) ? write(await doIt(pace), pace) : this.say(TIMED_OUT);
    });
    return answer ?? this.say(WAITED_TOO_LONG);
  }

  private say(content: Content | Refusal): Promise<Answer> {
    return write(content, new Pace(Infinity));
  }
}

function cutTo<T>(
  most: number,
  all: readonly T[],
  warnings: readonly string[],
): { readonly kept: readonly T[]; readonly warnings: readonly string[] } {
  if (all.length <= most) return { kept: all, warnings };
  return {
    kept: all.slice(0, most),
    warnings: [...warnings, `results truncated due to limit: the newest ${most} of ${all.length}`],
  };
}

/** Reads only what can have the label at all. */
function havingLabel(name: string): readonly Matcher[] {
  const having = METRICS.filter((metric) => labelsOf(metric).includes(name));
  return [
    { name: '__name__', op: '=~', value: having.join('|'), regex: RE2JS.compile(having.join('|')) },
    { name, op: '!=', value: '' },
  ];
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').sort();
}
