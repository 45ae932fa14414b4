import fc from 'fast-check';
import type { Execution, Phase } from '../../../src/core/execution.js';
import type { CrashPoint } from '../../../src/testing/mortal.js';
import type { Behaviour, Reading } from '../../../src/testing/pretend-target.js';
import type { Town } from './town.js';

/** What the commands share beside the town: how many of them ran. */
export interface Ran {
  commands: number;
}

type Command = fc.AsyncCommand<Ran, Town>;

/** What a command does; what it gives is wrong. */
type Deed = (town: Town) => Promise<readonly string[] | undefined>;

/** A command: something happens, what falls due at once is done, and then everything must be as it may be. */
function command(name: string, deed: Deed): Command {
  return {
    check: () => true,
    toString: () => name,
    run: async (ran, town) => {
      ran.commands++;
      const wrong = (await deed(town)) ?? [];
      await town.world.pass(0);
      const all = [...wrong, ...(await town.rules.check(town.world.isSomeoneWell))];
      if (all.length > 0) throw new Error(all.join('\n'));
    },
  };
}

/** Something that is done without an answer. */
const act = (name: string, deed: (town: Town) => unknown): Command =>
  command(name, async (town) => {
    await deed(town);
    return undefined;
  });

const which = fc.nat({ max: 29 });

/** One of the executions in some phases, those that changed last first; undefined when there is none. */
function pick({ rules }: Town, n: number, phases: readonly Phase[]): Execution | undefined {
  const some = rules.ids.flatMap((id) => rules.execution(id) ?? []).filter(({ state }) => phases.includes(state.phase));
  return some.toReversed()[n % Math.max(1, some.length)];
}

const ROLES = { ada: ['sre'], grace: ['architecture'], linus: ['sre', 'architecture'], eve: [] } as const;
type Person = keyof typeof ROLES | 'alertmanager';

/** A person agrees; only to the plan that is shown, in time, once, and never to what the same person asked for. */
const approve = (n: number, by: Person, right: boolean, lapsed: readonly string[]): Command =>
  command(`${by} approves ${right ? 'what is shown' : 'another plan'} of #${n}`, async (town) => {
    const shown = pick(town, n, ['awaiting-approval']);
    if (shown?.state.phase !== 'awaiting-approval') return undefined;
    const { digest, expiresAt, grants, agreed } = shown.state;
    const roles = by === 'alertmanager' ? ['sre'] : ROLES[by];
    const said = right ? digest : 'another';
    town.rules.witness.heard(shown.id, by, said, roles);
    const answer = await town.say(shown.id, { type: 'approved', by, digest: said, roles, lapsed });
    if (answer === undefined) return undefined;
    // an agreement that has lapsed is none, until it is given again
    const twice = grants.some((grant) => grant.by === by) && !lapsed.includes(by);
    const inTime = town.world.clock.now() < expiresAt;
    const may = right && inTime && by !== shown.requestedBy && (twice || agreed === undefined);
    if (answer.ok === may) return undefined;
    return [`I8: ${by} was told ${answer.ok ? 'yes' : answer.because}`];
  });

type Asked = 'rejected' | 'cancelled' | 'revert-asked' | 'retry-asked' | 'accepted';

const ANSWERING: { readonly [type in Asked]: readonly Phase[] } = {
  rejected: ['awaiting-approval'],
  cancelled: ['planning', 'awaiting-approval', 'applying', 'verifying', 'holding'],
  'revert-asked': ['verifying', 'holding', 'reverting', 'held', 'closed'],
  'retry-asked': ['held'],
  accepted: ['held'],
};
const EVERY: readonly Phase[] = [
  'planning',
  'awaiting-approval',
  'applying',
  'verifying',
  'holding',
  'reverting',
  'held',
  'closed',
];

/** A person says something else, to an execution that may answer or to any. */
const say = (type: Asked, n: number, sensible: boolean): Command =>
  command(`${type} for #${n}${sensible ? '' : ' of all'}`, async (town) => {
    const execution = pick(town, n, sensible ? ANSWERING[type] : EVERY);
    if (execution === undefined) return undefined;
    const answer = await town.say(execution.id, { type, by: 'ada', reason: 'looked at it' });
    const mayAnswer = ANSWERING[type].includes(execution.state.phase);
    return answer?.ok === true && !mayAnswer ? [`I5: ${type} was taken in phase ${execution.state.phase}`] : undefined;
  });

const SCOPES = [
  'all',
  'runbook:fix',
  'runbook:hold',
  'plugin:pretend',
  'target:service/bakery',
  'target:service/m*',
] as const;
const DEEDS = ['plan', 'apply', 'verify', 'sample', 'revert', 'escalate'] as const;
const SAVES = [
  'plan',
  'apply-intent',
  'apply-outcome',
  'sample',
  'revert-intent',
  'revert-outcome',
  'escalation',
  'other',
] as const;
const POINTS = [...DEEDS, ...SAVES.map((save) => `save-${save}` as const)].flatMap((deed): CrashPoint[] => [
  `before-${deed}`,
  `after-${deed}`,
]);

const behaviours = fc.constantFrom<Behaviour>(
  { how: 'works' },
  { how: 'fails', again: true },
  { how: 'fails', again: true },
  { how: 'fails', again: false },
  { how: 'loses-the-answer' },
  { how: 'hangs' },
  { how: 'takes-time', againInMs: 700 },
  { how: 'takes-time', againInMs: 4_000 },
);
const readings = fc.constantFrom<Reading>(
  { status: 'healthy', detail: 'well' },
  { status: 'healthy', detail: 'well' },
  { status: 'healthy', detail: 'well' },
  { status: 'unhealthy', detail: 'bad' },
  { status: 'unhealthy', detail: 'bad' },
  { status: 'unknown', detail: 'no data' },
  'unreachable',
);

const worker = fc.nat({ max: 1 });
const fates = fc.record({ n: worker, at: fc.constantFrom(...POINTS), time: fc.integer({ min: 1, max: 3 }) });
const asked = (type: Asked): fc.Arbitrary<Command> =>
  fc.tuple(which, fc.boolean()).map(([n, sensible]) => say(type, n, sensible));
const passing = (min: number, max: number): fc.Arbitrary<Command> =>
  fc.integer({ min, max }).map((ms) => act(`${ms} ms pass`, ({ world }) => world.pass(ms)));
const long = (min: number, max: number): fc.Arbitrary<Command> =>
  fc.integer({ min, max }).map((ms) => act(`${ms} ms pass slowly`, ({ world }) => world.passSlowly(ms)));

/** A pause has an id for each scope and each kind of end, so that the same one may be pulled again. */
const pauses = fc
  .tuple(fc.constantFrom(...SCOPES), fc.constantFrom(undefined, 30_000))
  .map(([scope, forMs]) =>
    act(`pause ${scope}${forMs === undefined ? '' : ` for ${forMs} ms`}`, (town) =>
      town.pause(`${scope}|${forMs ?? ''}`, scope, forMs),
    ),
  );

const weighed: readonly (readonly [weight: number, command: fc.Arbitrary<Command>])[] = [
  [9, which.map((n) => act(`alert #${n} fires`, (town) => town.fire(n)))],
  [4, which.map((n) => act(`alert #${n} fires after a change by hand`, (town) => (town.drift(n), town.fire(n))))],
  [4, which.map((n) => act(`alert #${n} resolves`, (town) => town.resolve(n)))],
  [3, which.map((n) => act(`alert #${n} comes back`, (town) => town.comeBack(n)))],
  [4, which.map((n) => act(`value #${n} is changed by hand`, (town) => town.drift(n)))],
  [
    12,
    fc
      .tuple(which, fc.constantFrom<Person>('ada', 'grace', 'linus'), fc.constantFrom([], [], ['ada']))
      .map(([n, by, lapsed]) => approve(n, by, true, lapsed)),
  ],
  [2, fc.tuple(which, fc.constantFrom<Person>('eve', 'alertmanager')).map(([n, by]) => approve(n, by, true, []))],
  [1, which.map((n) => approve(n, 'ada', false, []))],
  [1, asked('rejected')],
  [2, asked('cancelled')],
  [3, asked('revert-asked')],
  [3, asked('retry-asked')],
  [1, asked('accepted')],
  [1, pauses],
  [1, fc.constant(act('what is under way is paused', (town) => town.pauseUnderWay()))],
  [4, which.map((n) => act(`pause #${n} is lifted`, (town) => town.lift(n)))],
  [
    2,
    fates.map(({ n, at, time }) =>
      act(`worker ${n} dies ${at}, time ${time}`, (town) => town.world.crash(town.worker(n), at, time)),
    ),
  ],
  [
    2,
    fates.map(({ n, at, time }) =>
      act(`worker ${n} stands still ${at}, time ${time}`, (town) => town.world.freeze(town.worker(n), at, time)),
    ),
  ],
  [3, worker.map((n) => act(`worker ${n} goes on`, (town) => town.world.thaw(town.worker(n))))],
  [1, worker.map((n) => act(`worker ${n} is cut off`, (town) => town.world.cutOff(town.worker(n))))],
  [2, worker.map((n) => act(`worker ${n} reaches the store`, (town) => town.world.reconnect(town.worker(n))))],
  [4, fc.constant(act('dead workers are replaced', (town) => town.restart()))],
  [
    5,
    fc
      .tuple(fc.constantFrom('check', 'plan', 'apply', 'apply', 'verify', 'revert'), behaviours)
      .map(([verb, how]) => act(`the next ${verb} ${how.how}`, ({ world }) => world.target.next(verb, how))),
  ],
  [1, fc.constant(act('the next apply lies', ({ world }) => world.target.next('apply', { how: 'lies' })))],
  [
    4,
    readings.map((reading) =>
      act(`the metric: ${JSON.stringify(reading)}`, ({ world: { target } }) => (target.measurement = reading)),
    ),
  ],
  [
    2,
    readings.map((reading) =>
      act(`the guard: ${JSON.stringify(reading)}`, ({ world: { target } }) => (target.guard = reading)),
    ),
  ],
  [
    1,
    fc
      .constantFrom(undefined, 'something may be lost', 'much may be lost')
      .map((why) =>
        act(
          why === undefined ? 'plans ask nobody' : `plans ask: ${why}`,
          ({ world: { target } }) => (target.asks = why),
        ),
      ),
  ],
  [
    1,
    fc
      .constantFrom('fix', 'shift', 'hold', 'rebuild', 'evict')
      .map((name) => act(`${name} is trusted again`, (town) => town.trust(name))),
  ],
  [
    1,
    which.map((n) => act(`a stray bell for #${n}`, (town) => town.world.ring(pick(town, n, EVERY)?.id ?? 'nobody', 0))),
  ],
  [6, passing(0, 900)],
  [8, passing(1_000, 6_000)],
  [4, passing(10_000, 40_000)],
  [1, long(60_000, 300_000)],
  [1, long(600_000, 3_600_000)],
];

/** Courses of things in a town, sensible or not. */
export function courses(most: number, replayPath?: string): fc.Arbitrary<Iterable<Command>> {
  return fc.commands(
    weighed.flatMap(([weight, one]) => Array.from({ length: weight }, () => one)),
    { maxCommands: most, size: 'max', ...(replayPath === undefined ? {} : { replayPath }) },
  );
}

/** What a town is like, before anything happens in it. */
export const weathers = fc.record({
  delaysMs: fc.array(fc.constantFrom(0, 0, 0, 1, 50, 700, 3_000), { minLength: 1, maxLength: 8 }),
  wakeupsAreLost: fc.constantFrom(false, false, false, true),
});
