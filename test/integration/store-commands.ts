import fc from 'fast-check';
import type { Claim } from '../../src/core/claim.js';
import type { EventType } from '../../src/core/event.js';
import type { Mode } from '../../src/core/runbook.js';
import { anAlert } from '../../src/testing/examples.js';
import { EVENT_TYPES, type Person, type Status } from '../scenarios/model/events.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** When each run begins. */
export const BEGIN = Date.parse('2033-05-18T00:00:00Z');

export const ALERTS = ['a', 'b', 'c'].map((center) => anAlert({ labels: { alertname: 'CenterDown', center } }));
export const RUNBOOKS = ['cut-over', 'throttle'];
export const TARGETS = ['traffic/shop', 'traffic/pay', 'traffic/"mail"'];
export const CENTERS = ['a', 'b', 'c'];

/** What an execution is to be, and which claims it is opened with. */
export interface Wish {
  readonly runbook: string;
  readonly target: string;
  readonly mode: Mode;
  readonly kind: 'plain' | 'judged' | 'leased';
  /** The centre that its first effect takes out of service, and the one that it brings in. */
  readonly out: string;
  readonly in: string | undefined;
  readonly claims: readonly Wanted[];
}

/** A kind of claim with the numbers that matter. */
export interface Wanted {
  readonly kind: Exclude<Claim['kind'], 'trusted'>;
  readonly limit: number;
  readonly windowMs: number;
  readonly flag: boolean;
}

/** What is done to both stores; `which` picks one of the executions opened before. */
export type Command =
  | {
      readonly do: 'fire';
      readonly alert: number;
      readonly startsAt: number;
      readonly openings: readonly Wish[];
      readonly refused: boolean;
    }
  | { readonly do: 'resolve'; readonly alert: number; readonly endsAt: number }
  | { readonly do: 'open' | 'look'; readonly wish: Wish }
  | {
      readonly do: 'save';
      readonly which: number;
      readonly type: EventType;
      readonly late: boolean;
      readonly fits: boolean;
      readonly status: Status;
      readonly guard: Status;
      readonly by: Person;
      /** Those of its opening once more, besides the trust in its runbook. */
      readonly claims: boolean;
    }
  /** A whole life in one go, up to the verdict: otherwise hardly any would ever be judged. */
  | { readonly do: 'judge'; readonly wish: Wish; readonly status: Status; readonly guard: Status }
  | { readonly do: 'take-in'; readonly which: number }
  | { readonly do: 'pause'; readonly id: string; readonly scope: string; readonly forMs: number | undefined }
  | { readonly do: 'lift'; readonly id: string }
  | { readonly do: 'lift-loop'; readonly target: string }
  | { readonly do: 'serving'; readonly center: string; readonly serving: boolean }
  | { readonly do: 'trust'; readonly runbook: string }
  | { readonly do: 'propose' | 'end-storm'; readonly which: number }
  | { readonly do: 'pass'; readonly ms: number };

const wanted: fc.Arbitrary<Wanted> = fc.record({
  kind: fc.constantFrom<Wanted['kind'][]>(
    'episode',
    'exclusive',
    'interval',
    'budget',
    'unpaused',
    'storm',
    'calm',
    'refires',
    'opposite',
    'compatible',
    'serving',
  ),
  limit: fc.constantFrom(0, 1, 1, 2, 2, 3),
  windowMs: fc.constantFrom(10 * MINUTE, HOUR, 3 * HOUR),
  flag: fc.boolean(),
});

const wishes: fc.Arbitrary<Wish> = fc.record({
  runbook: fc.constantFrom(...RUNBOOKS),
  target: fc.constantFrom(...TARGETS),
  mode: fc.constantFrom<Mode[]>('auto', 'auto', 'auto', 'approve', 'observe'),
  kind: fc.constantFrom('plain', 'judged', 'leased'),
  out: fc.constantFrom(...CENTERS),
  in: fc.constantFrom(undefined, ...CENTERS),
  claims: fc.uniqueArray(wanted, { maxLength: 5, selector: ({ kind }) => kind }),
});
const alerts = fc.nat({ max: ALERTS.length - 1 });
const instants = fc.constantFrom(...[-2 * HOUR, -1, 0, HOUR, 5 * HOUR, 24 * HOUR].map((ms) => BEGIN + ms));
const ids = fc.constantFrom('p1', 'p2');
const scopes = fc.constantFrom(
  'all',
  'runbook:throttle',
  'plugin:pretend',
  'target:traffic/*',
  'target:*y',
  'target:traffic/shop',
  'target:t.*',
  'runbook:*',
  'target:*r*f*s*',
);

const saves: fc.Arbitrary<Command> = fc.record({
  do: fc.constant('save'),
  which: fc.nat(),
  type: fc.constantFrom<EventType[]>(
    ...Array<EventType[]>(3)
      .fill(['planned', 'apply-intended', 'applied', 'sampled', 'reverted', 'revert-intended'])
      .flat(),
    'cancelled',
    'revert-asked',
    'lease-ended',
    ...EVENT_TYPES,
  ),
  late: fc.constantFrom(false, false, false, true),
  fits: fc.constantFrom(true, true, true, false),
  status: fc.constantFrom<Status[]>('healthy', 'unhealthy', 'unhealthy', 'unknown'),
  guard: fc.constantFrom<Status[]>('healthy', 'healthy', 'healthy', 'unhealthy'),
  by: fc.constantFrom<Person[]>('ada', 'grace'),
  claims: fc.boolean(),
});

const statuses = fc.constantFrom<Status[]>('healthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unknown');
const guards = fc.constantFrom<Status[]>('healthy', 'healthy', 'healthy', 'healthy', 'unhealthy');

const others: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> }[] = [
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('judge'), wish: wishes, status: statuses, guard: guards }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take-in'), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pause'),
      id: ids,
      scope: scopes,
      forMs: fc.constantFrom(undefined, 10 * MINUTE, 24 * HOUR),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift'), id: ids }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift-loop'), target: fc.constantFrom(...TARGETS) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('serving'),
      center: fc.constantFrom(...CENTERS),
      serving: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trust'), runbook: fc.constantFrom(...RUNBOOKS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('propose', 'end-storm'), which: fc.nat({ max: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, MINUTE, 10 * MINUTE, HOUR) }) },
];

/** Any command. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('fire'),
      alert: alerts,
      startsAt: instants,
      openings: fc.array(wishes, { maxLength: 2 }),
      refused: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resolve'), alert: alerts, endsAt: instants }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('open', 'look'), wish: wishes }) },
  { weight: 18, arbitrary: saves },
  ...others,
);
