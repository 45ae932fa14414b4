import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import type { Drill } from './drill-schema.js';
import type { DrillParts, SeenExecution, Series } from './ports.js';
import { readDrill } from './read-drill.js';
import { runDrill, type DrillEnd } from './run-drill.js';

const FOR_MS = 20_000;
const REPAIR_MS = 5_000;

function drillWith(more = '', expected = 'runbook: cut-over-center, recovery: 8s'): Drill {
  const read = readDrill(
    'd.yaml',
    `apiVersion: firebreak/v1
kind: Drill
metadata: { name: kill, title: Kill, owner: team-a }
spec:
  target: traffic/shop
  prometheus: { url: 'http://prometheus:9090' }
  inject: { kill: true, for: 20s, http: { url: 'http://center-a:8081/' } }
  expect: { ${expected} }
  slo: [{ name: errors, query: errors, is: '< 0.005' }]
${more}`,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.drill;
}

/** A service that breaks under the fault and is repaired five seconds later, as long as `repairs`. */
class World {
  readonly clock = new FakeClock();
  readonly stop = new AbortController();
  readonly said: string[] = [];
  faultAt: number | undefined;
  ends = 0;
  repairs = true;
  /** What the injector's methods throw. */
  beginFails = '';
  endFails = 0;
  steady = true;
  pauses: { scope: string; reason: string }[] = [];
  open: string[] = [];
  runbooks = ['cut-over-center'];
  /** How far the clock of Prometheus is ahead. */
  aheadMs = 0;
  /** Whether the execution waits for ever. */
  waits = false;
  inForce: string | undefined;
  /** What queries answer: by the query, at a moment. */
  values: Record<string, (at: number) => number> = {};
  askFails = '';
  /** Queries that have no answer. */
  readonly nothing = new Set<string>();
  private endedAt: number | undefined;

  readonly parts: DrillParts = {
    clock: this.clock,
    stop: this.stop.signal,
    say: (line) => void this.said.push(line),
    injector: {
      what: 'killed',
      endsItself: true,
      obstacle: async () => this.inForce,
      begin: async () => {
        this.faultAt = this.clock.now();
        if (this.beginFails !== '') throw new Error(this.beginFails);
      },
      end: async () => {
        this.ends++;
        if (this.ends <= this.endFails) throw new Error('no connection');
        this.endedAt ??= this.clock.now();
      },
    },
    measures: {
      now: async (query) => {
        if (this.askFails !== '') throw new Error(this.askFails);
        if (query === 'time()') return [(this.clock.now() + this.aheadMs) / 1000];
        return this.nothing.has(query) ? [] : [this.value(query, this.clock.now())];
      },
      range: async (query, from, to, everyMs): Promise<Series[]> => {
        const count = Math.floor((to - from) / everyMs) + 1;
        const times = Array.from({ length: count }, (_, i) => from + i * everyMs);
        return [{ labels: {}, points: times.map((at) => ({ at, value: this.value(query, at) })) }];
      },
    },
    undo: 'npx firebreak drill d.yaml --undo',
    service: {
      runbooks: async () => this.runbooks,
      pauses: async () => this.pauses,
      openOn: async () => this.open,
      executionsOn: async () => [this.old, ...this.caused()],
      report: async () => undefined,
    },
  };

  private readonly old: SeenExecution = {
    id: 'old',
    runbook: 'other',
    phase: 'closed',
    outcome: 'failed',
    openedAt: 0,
    timeline: {},
  };

  private value(query: string, at: number): number {
    const given = this.values[query];
    if (given !== undefined) return given(at);
    if (!this.steady) return 1;
    const { faultAt = Infinity, endedAt = Infinity } = this;
    const backAt = Math.min(endedAt, this.repairs ? faultAt + REPAIR_MS : Infinity);
    return at >= faultAt && at < backAt ? 1 : 0;
  }

  private caused(): SeenExecution[] {
    if (this.faultAt === undefined || !this.repairs || this.clock.now() < this.faultAt + REPAIR_MS) return [];
    const openedAt = this.faultAt + 4_000;
    const { outcome: _, ...open } = { ...this.old, id: 'x1', runbook: 'cut-over-center', openedAt };
    return [this.waits ? { ...open, phase: 'awaiting-approval' } : { ...open, outcome: 'succeeded' }];
  }

  /** Holds the drill and turns the clock until it is over. */
  async hold(drill = drillWith(), meanwhile: (at: number) => void = () => undefined): Promise<DrillEnd> {
    let ended: DrillEnd | undefined;
    const running = runDrill(drill, this.parts).then((end) => (ended = end));
    // a refusal is looked at below, when the clock has been turned
    running.catch(() => undefined);
    for (let second = 0; second < 200 && ended === undefined; second++) {
      meanwhile(second);
      await this.clock.pass(1_000);
    }
    return running;
  }

  /** How long the fault was in force. */
  get lastedMs(): number | undefined {
    return this.endedAt === undefined || this.faultAt === undefined ? undefined : this.endedAt - this.faultAt;
  }
}

describe('a drill', () => {
  it('A6: makes the fault, takes it back when its time is over, and says within seconds how it went', async () => {
    const world = new World();
    const end = await world.hold();
    expect(end).toMatchObject({ held: true, report: { verdict: 'passed', recoveryMs: REPAIR_MS } });
    expect(world.lastedMs).toBe(FOR_MS);
    expect(end.held && end.report.executions.map(({ id }) => id)).toEqual(['x1']);
  });

  it('A6: is not passed when nobody repairs anything', async () => {
    const world = new World();
    world.repairs = false;
    expect(await world.hold()).toMatchObject({ held: true, report: { verdict: 'breached', recoveryMs: FOR_MS } });
    expect(world.lastedMs).toBe(FOR_MS);
  });

  it.each<[string, (world: World) => void, RegExp]>([
    ['while everything is paused', (w) => w.pauses.push({ scope: 'all', reason: 'release' }), /pause of all.*release/],
    [
      'while the runbook is paused',
      (w) => w.pauses.push({ scope: 'runbook:cut-over-center', reason: 'r' }),
      /a pause of runbook/,
    ],
    [
      'while the target is paused',
      (w) => w.pauses.push({ scope: 'target:traffic/*', reason: 'r' }),
      /a pause of target/,
    ],
    ['while a plugin is paused', (w) => w.pauses.push({ scope: 'plugin:haproxy', reason: 'r' }), /a pause of plugin/],
    ['while an execution is open on the target', (w) => w.open.push('x7'), /x7 is open on traffic\/shop/],
    ['while a fault is in force', (w) => (w.inForce = 'a fault is in force'), /a fault is in force/],
    [
      'while what must hold does not',
      (w) => (w.steady = false),
      /errors does not hold before the drill: 1, not < 0.005/,
    ],
    ['for a runbook that is not there', (w) => (w.runbooks = ['other']), /Firebreak has no runbook cut-over-center/],
    [
      'while the clock of Prometheus is another one',
      (w) => (w.aheadMs = 4_000),
      /clocks of this machine and of Prometheus are 4s apart/,
    ],
    ['while nobody can tell whether it holds', (w) => (w.values = { errors: () => NaN }), /not a number/],
  ])('A6: makes no fault %s', async (_, change, why) => {
    const world = new World();
    change(world);
    const end = await world.hold();
    expect(end.held ? 'held' : end.why).toMatch(why);
    expect([world.faultAt, world.ends]).toEqual([undefined, 0]);
  });

  it('A6: makes no fault when what is to show that it is felt holds before', async () => {
    const world = new World();
    const drill = drillWith('', "runbook: none, felt: { query: errors, is: '< 0.005' }");
    expect(await world.hold(drill)).toMatchObject({
      held: false,
      why: expect.stringContaining('errors < 0.005 holds before the fault'),
    });
    expect(world.faultAt).toBeUndefined();
  });

  it('A6: makes no fault when somebody pulls the brake while the steady state is looked at', async () => {
    const world = new World();
    Object.assign(world.parts, { traffic: { start: () => () => ({ sent: 0, failed: 0 }) } });
    const end = await world.hold(drillWith("  traffic: { url: 'http://shop/' }\n"), (second) => {
      if (second === 1) world.pauses.push({ scope: 'all', reason: 'an incident' });
    });
    expect(end).toEqual({ held: false, why: 'a pause of all is in force (an incident)' });
    expect(world.faultAt).toBeUndefined();
  });

  it('A6: a pause of something else does not matter', async () => {
    const world = new World();
    world.pauses.push({ scope: 'runbook:other', reason: 'r' }, { scope: 'target:dns/*', reason: 'r' });
    expect(await world.hold()).toMatchObject({ held: true });
  });

  it('A6: ends early and takes the fault back when it has become too bad', async () => {
    const world = new World();
    world.values = { left: (at) => (at >= (world.faultAt ?? Infinity) + 3_000 ? 0 : 1) };
    const end = await world.hold(drillWith("  abortIf: [{ query: left, is: '< 1' }]\n"));
    expect(end).toMatchObject({ held: true, report: { verdict: 'aborted' } });
    expect(world.lastedMs).toBe(3_000);
  });

  it('A6: begins nothing that would be aborted at once', async () => {
    const world = new World();
    world.values = { left: () => 0 };
    expect(await world.hold(drillWith("  abortIf: [{ query: left, is: '< 1' }]\n"))).toMatchObject({ held: false });
    expect(world.faultAt).toBeUndefined();
  });

  it('A6: ends early when nobody can tell whether it has become too bad', async () => {
    const world = new World();
    world.values = { left: () => 1 };
    const end = await world.hold(drillWith("  abortIf: [{ query: left, is: '< 1' }]\n"), () => {
      if (world.faultAt !== undefined) world.askFails = 'Prometheus cannot be asked';
    });
    expect(end).toMatchObject({ held: true, report: { verdict: 'aborted' } });
    expect(world.lastedMs).toBeLessThanOrEqual(5_000);
  });

  const LEFT = "  abortIf: [{ query: left, is: '< 1' }]\n";

  it('A6: begins nothing while an abort criterion says nothing: it would protect nobody', async () => {
    const world = new World();
    world.nothing.add('left');
    await expect(world.hold(drillWith(LEFT))).rejects.toThrow('left says nothing: no data');
    expect(world.faultAt).toBeUndefined();
  });

  it.each<[string, (world: World) => void]>([
    ['has no data any more', (w) => void w.nothing.add('left')],
    ['is no number any more', (w) => (w.values = { left: () => NaN })],
  ])('A6: ends early when an abort criterion %s', async (_, change) => {
    const world = new World();
    world.values = { left: () => 1 };
    const end = await world.hold(drillWith(LEFT), () => {
      if (world.faultAt !== undefined) change(world);
    });
    expect(end).toMatchObject({ held: true, report: { verdict: 'aborted' } });
    expect(world.lastedMs).toBeLessThanOrEqual(5_000);
  });

  it('A6: interrupted while it waits for an execution, it gives no verdict either', async () => {
    const world = new World();
    world.waits = true;
    const end = await world.hold(drillWith(), () => {
      if (world.lastedMs !== undefined && world.clock.now() > (world.faultAt ?? 0) + FOR_MS + 8_000) world.stop.abort();
    });
    expect(end).toEqual({ held: false, why: 'it was interrupted' });
  });

  it('A6: an execution that waits for somebody for ever is no success, and the drill does not wait for ever', async () => {
    const world = new World();
    world.waits = true;
    const end = await world.hold();
    expect(end.held && end.report.reasons.join()).toMatch(/x1 of cut-over-center is awaiting-approval, not succeeded/);
  });

  it('A6: takes the fault back when it is interrupted, and gives no verdict', async () => {
    const world = new World();
    const end = await world.hold(drillWith(), (second) => {
      if (second === 4) world.stop.abort();
    });
    expect(end).toEqual({ held: false, why: 'it was interrupted' });
    expect(world.lastedMs).toBe(4_000);
  });

  it('A6: takes back a fault that may be in force although making it failed', async () => {
    const world = new World();
    world.beginFails = 'no answer in time';
    const end = await world.hold();
    expect(end).toMatchObject({ held: true, report: { verdict: 'aborted' } });
    expect(world.ends).toBe(1);
  });

  it('A6: tries again when the fault cannot be taken back at once', async () => {
    const world = new World();
    world.endFails = 2;
    expect(await world.hold()).toMatchObject({ held: true, report: { verdict: 'passed' } });
    expect(world.ends).toBe(3);
  });

  it('A6: a fault that stays is no success, and it says how to take it back', async () => {
    const world = new World();
    world.endFails = 99;
    const end = await world.hold();
    expect(end).toMatchObject({ held: true, report: { verdict: 'breached' } });
    expect(end.held && end.report.reasons.join()).toMatch(
      /could not be taken back: no connection; by hand: npx firebreak drill d.yaml --undo; it ends by itself after 20s/,
    );
    expect(end.held && end.report.marks.takenBackAt).toBeUndefined();
    expect(world.said.join('\n')).toContain('THE FAULT MAY STILL BE IN FORCE');
  });

  it('sends requests itself where it is told to, and stops when it is over', async () => {
    const world = new World();
    let [started, stopped] = [0, 0];
    const traffic = {
      start: () => {
        started++;
        return () => {
          stopped++;
          return { sent: 10, failed: 2 };
        };
      },
    };
    const drill = drillWith("  traffic: { url: 'http://shop/' }\n");
    Object.assign(world.parts, { traffic });
    expect(await world.hold(drill)).toMatchObject({ held: true, report: { traffic: { sent: 10, failed: 2 } } });
    expect(started).toBe(1);
    expect(stopped).toBeGreaterThan(0);
  });
});
