import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOpening, parseWindow, windowRefusal, type Window, type Windows } from './window.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function read(text: string): Window {
  const parsed = parseWindow(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.window;
}

const windowsOf = (only: readonly string[], never: readonly string[] = []): Windows => ({
  only: only.map(read),
  never: never.map(read),
});
const allowed = (windows: Windows, at: number): boolean => windowRefusal(windows, at) === undefined;
const open = (text: string, at: string): boolean => allowed(windowsOf([text]), Date.parse(at));
const opening = (windows: Windows, at: string): string | undefined => {
  const found = nextOpening(windows, Date.parse(at));
  return found === undefined ? undefined : new Date(found).toISOString().replace(':00.000Z', 'Z');
};

describe('parseWindow', () => {
  const weekly = { is: 'weekly', days: [0, 1, 2, 3, 4, 5, 6], from: 0, to: 1_440, zone: 'UTC' };
  const newYearsEve = Date.UTC(2026, 11, 31) / DAY;

  it.each<[text: string, window: object]>([
    [
      'Mon-Fri 08:00-18:00 Asia/Shanghai',
      { ...weekly, days: [1, 2, 3, 4, 5], from: 480, to: 1_080, zone: 'Asia/Shanghai' },
    ],
    ['Mon', { ...weekly, days: [1] }],
    ['Sat,Sun', { ...weekly, days: [0, 6] }],
    ['Mon-Wed,Fri', { ...weekly, days: [1, 2, 3, 5] }],
    ['Fri-Mon', { ...weekly, days: [0, 1, 5, 6] }],
    ['Sun-Sat', weekly],
    ['Mon-Wed,Tue-Thu', { ...weekly, days: [1, 2, 3, 4] }],
    ['08:00-18:00', { ...weekly, from: 480, to: 1_080 }],
    ['22:00-06:00 Europe/Berlin', { ...weekly, from: 1_320, to: 1_800, zone: 'Europe/Berlin' }],
    ['00:00-24:00', weekly],
    ['22:00-00:00', { ...weekly, from: 1_320 }],
    ['Fri 15:00-24:00', { ...weekly, days: [5], from: 900 }],
    ['Sat Asia/Kolkata', { ...weekly, days: [6], zone: 'Asia/Kolkata' }],
    ['  Sat   08:00-18:00  ', { ...weekly, days: [6], from: 480, to: 1_080 }],
    ['2026-12-31', { is: 'dates', first: newYearsEve, last: newYearsEve, zone: 'UTC' }],
    ['2026-12-31/2027-01-01', { is: 'dates', first: newYearsEve, last: newYearsEve + 1, zone: 'UTC' }],
    ['2028-02-29 America/New_York', { is: 'dates', first: 21_243, last: 21_243, zone: 'America/New_York' }],
  ])('reads %s, as data that survives JSON', (text, window) => {
    expect(read(text)).toEqual({ ...window, source: text });
    expect(JSON.parse(JSON.stringify(read(text)))).toEqual(read(text));
  });

  const help =
    'write weekdays (Mon-Fri or Sat,Sun), times or both such as Mon-Fri 08:00-18:00 Asia/Shanghai, ' +
    'or dates such as 2026-12-31/2027-01-01; without a time zone it is UTC';
  const clock = 'write 00:00 to 23:59, or 24:00 as the end, such as 08:00-24:00';

  it.each<[text: string, why: string]>([
    ['', help],
    [' ', help],
    ['Asia/Shanghai', help],
    ['mon', help],
    ['Monday', help],
    ['Mon-', help],
    ['Mon,', help],
    ['Sat, Sun', help],
    ['Mon-Wed-Fri', help],
    ['8:00-18:00', help],
    ['Mon 8:00-18:00', help],
    ['08:00', help],
    ['08:00-18:00 Mon-Fri', '"Mon-Fri" is not a time zone; write an IANA name such as Asia/Shanghai'],
    ['08:00 - 18:00', help],
    ['2026-12-31 08:00-18:00', help],
    ['2026-12-31/', help],
    ['26-12-31', help],
    ['Sat +05:30', help],
    ['Sat UTC please', help],
    ['Sat Asia/Shangai', '"Asia/Shangai" is not a time zone; write an IANA name such as Asia/Shanghai'],
    ['2026-12-31 Mars', '"Mars" is not a time zone; write an IANA name such as Asia/Shanghai'],
    ['Mon-Mon', '"Mon-Mon" starts and ends on the same day; write Mon'],
    ['24:00-08:00', `"24:00-08:00" is not on the clock; ${clock}`],
    ['08:00-24:01', `"08:00-24:01" is not on the clock; ${clock}`],
    ['08:60-09:00', `"08:60-09:00" is not on the clock; ${clock}`],
    ['08:00-09:99', `"08:00-09:99" is not on the clock; ${clock}`],
    ['08:00-08:00', '"08:00-08:00" starts and ends at the same time; write 00:00-24:00 for a whole day'],
    ['2026-02-29', '2026-02-29 is not in the calendar; write 2026-12-31'],
    ['2026-13-01', '2026-13-01 is not in the calendar; write 2026-12-31'],
    ['2026-01-00', '2026-01-00 is not in the calendar; write 2026-12-31'],
    ['2026-01-01/2026-04-31', '2026-04-31 is not in the calendar; write 2026-12-31'],
    ['2027-01-01/2026-12-31', 'it ends before it starts; write the earlier date first, such as 2026-12-31/2027-01-01'],
  ])('refuses %j and says what is allowed', (text, why) =>
    expect(parseWindow(text)).toEqual({ ok: false, detail: `"${text}" is not a window: ${why}` }),
  );
});

describe('a window', () => {
  it.each<[text: string, at: string, open: boolean]>([
    ['Mon-Fri 08:00-18:00', '2026-07-03T07:59:59.999Z', false],
    ['Mon-Fri 08:00-18:00', '2026-07-03T08:00:00Z', true],
    ['Mon-Fri 08:00-18:00', '2026-07-03T17:59:59.999Z', true],
    ['Mon-Fri 08:00-18:00', '2026-07-03T18:00:00Z', false],
    ['Mon-Fri 08:00-18:00', '2026-07-04T12:00:00Z', false],
    // China has no summer time: always eight hours ahead
    ['Mon 08:00-18:00 Asia/Shanghai', '2026-07-06T00:00:00Z', true],
    ['Mon 08:00-18:00 Asia/Shanghai', '2026-07-06T10:00:00Z', false],
    ['Mon Asia/Shanghai', '2026-07-05T16:00:00Z', true],
    // half an hour beside the others
    ['09:00-10:00 Asia/Kolkata', '2026-07-06T03:29:00Z', false],
    ['09:00-10:00 Asia/Kolkata', '2026-07-06T03:30:00Z', true],
    ['09:00-10:00 Asia/Kolkata', '2026-07-06T04:30:00Z', false],
    // over midnight: belongs to the day on which it starts
    ['Fri 22:00-06:00', '2026-07-03T05:00:00Z', false],
    ['Fri 22:00-06:00', '2026-07-03T22:00:00Z', true],
    ['Fri 22:00-06:00', '2026-07-04T05:59:00Z', true],
    ['Fri 22:00-06:00', '2026-07-04T06:00:00Z', false],
    ['Fri 22:00-06:00', '2026-07-04T22:00:00Z', false],
    ['Fri 15:00-24:00', '2026-07-03T23:59:00Z', true],
    ['Fri 15:00-24:00', '2026-07-04T00:00:00Z', false],
    // Berlin: 2026-03-29 has no 02:00 to 03:00, 2026-10-25 has it twice
    ['Sun 03:00-04:00 Europe/Berlin', '2026-03-29T00:59:00Z', false],
    ['Sun 03:00-04:00 Europe/Berlin', '2026-03-29T01:00:00Z', true],
    ['Sun 03:00-04:00 Europe/Berlin', '2026-03-29T02:00:00Z', false],
    ['Sun 02:30-02:45 Europe/Berlin', '2026-10-25T00:30:00Z', true],
    ['Sun 02:30-02:45 Europe/Berlin', '2026-10-25T00:50:00Z', false],
    ['Sun 02:30-02:45 Europe/Berlin', '2026-10-25T01:30:00Z', true],
    // New York: forward on 2026-03-08, back on 2026-11-01
    ['08:00-09:00 America/New_York', '2026-03-07T13:00:00Z', true],
    ['08:00-09:00 America/New_York', '2026-03-08T13:00:00Z', false],
    ['08:00-09:00 America/New_York', '2026-03-08T12:00:00Z', true],
    ['Sun 01:00-02:00 America/New_York', '2026-11-01T05:00:00Z', true],
    ['Sun 01:00-02:00 America/New_York', '2026-11-01T06:59:00Z', true],
    ['Sun 01:00-02:00 America/New_York', '2026-11-01T07:00:00Z', false],
    // both days count, in the zone of the window
    ['2026-12-31/2027-01-01', '2026-12-30T23:59:00Z', false],
    ['2026-12-31/2027-01-01', '2026-12-31T00:00:00Z', true],
    ['2026-12-31/2027-01-01', '2027-01-01T23:59:00Z', true],
    ['2026-12-31/2027-01-01', '2027-01-02T00:00:00Z', false],
    ['2027-01-01 Asia/Shanghai', '2026-12-31T16:00:00Z', true],
    ['2027-01-01 Asia/Shanghai', '2027-01-01T16:00:00Z', false],
  ])('%s at %s: %s', (text, at, expected) => expect(open(text, at)).toBe(expected));

  it('is right in more zones than are remembered at once', () => {
    for (const zone of [...Intl.supportedValuesOf('timeZone').slice(0, 150), 'Asia/Shanghai']) {
      const hour = new Date('2026-07-06T12:00:00Z').toLocaleString('en-GB', { timeZone: zone, hour: '2-digit' });
      expect(open(`${hour.padStart(2, '0')}:00-${hour.padStart(2, '0')}:59 ${zone}`, '2026-07-06T12:00:00Z')).toBe(
        true,
      );
    }
  });
});

describe('windowRefusal', () => {
  it.each<[only: string[], never: string[], at: string, refusal: string | undefined]>([
    [[], [], '2026-07-04T01:12:00Z', undefined],
    [['Sat'], [], '2026-07-04T01:12:00Z', undefined],
    [['Sun', 'Sat'], [], '2026-07-04T01:12:00Z', undefined],
    [
      ['Mon-Fri 08:00-18:00 Asia/Shanghai'],
      [],
      '2026-07-04T01:12:00Z',
      'outside of "Mon-Fri 08:00-18:00 Asia/Shanghai": it is Sat 09:12 there',
    ],
    [['2026-07-05'], [], '2026-07-04T01:12:00Z', 'outside of "2026-07-05": it is 2026-07-04 there'],
    [
      ['Sun', 'Fri America/New_York'],
      ['Mon'],
      '2026-07-04T05:00:00Z',
      'outside of "Sun": it is Sat 05:00 there, and outside of "Fri America/New_York": it is Sat 01:00 there',
    ],
    [[], ['2026-12-31/2027-01-01'], '2026-12-31T12:00:00Z', 'inside of "2026-12-31/2027-01-01", when it never acts'],
    [['Sat'], ['Mon', '01:00-02:00'], '2026-07-04T01:12:00Z', 'inside of "01:00-02:00", when it never acts'],
    [['Sun'], ['Sat'], '2026-07-04T01:12:00Z', 'inside of "Sat", when it never acts'],
    [['Sat'], ['Sun'], '2026-07-04T01:12:00Z', undefined],
  ])('only %j, never %j, at %s: %s', (only, never, at, refusal) =>
    expect(windowRefusal(windowsOf(only, never), Date.parse(at))).toBe(refusal),
  );
});

describe('nextOpening', () => {
  it.each<[only: string[], never: string[], at: string, opening: string | undefined]>([
    [[], [], '2026-07-04T01:12:00Z', '2026-07-04T01:13Z'],
    [[], [], '2026-07-04T01:12:30Z', '2026-07-04T01:13Z'],
    [['Mon-Fri 08:00-18:00 Asia/Shanghai'], [], '2026-07-04T01:12:00Z', '2026-07-06T00:00Z'],
    [['Mon-Fri 08:00-18:00 Asia/Shanghai'], ['Mon,Tue'], '2026-07-04T01:12:00Z', '2026-07-08T00:00Z'],
    [[], ['2026-12-31/2027-01-01 Europe/Berlin'], '2026-12-31T12:00:00Z', '2027-01-01T23:00Z'],
    [[], ['Fri 15:00-24:00 Europe/Berlin', 'Sat,Sun Europe/Berlin'], '2026-07-03T13:00:00Z', '2026-07-05T22:00Z'],
    [['Sat', 'Wed 10:00-11:00'], [], '2026-07-06T00:00:00Z', '2026-07-08T10:00Z'],
    // in the hour that is left out it opens with the jump of the clock, and on the next day as written
    [['02:30-04:00 Europe/Berlin'], [], '2026-03-28T20:00:00Z', '2026-03-29T01:00Z'],
    [['02:30-03:00 Europe/Berlin'], [], '2026-03-28T20:00:00Z', '2026-03-30T00:30Z'],
    // the hour that comes twice opens twice
    [['02:30-02:45 Europe/Berlin'], [], '2026-10-25T00:50:00Z', '2026-10-25T01:30Z'],
    [['01:00-01:10 America/New_York'], [], '2026-11-01T05:30:00Z', '2026-11-01T06:00Z'],
    [['Sun 08:00-18:00 America/New_York'], [], '2026-03-07T18:00:00Z', '2026-03-08T12:00Z'],
    // within 400 days, or never
    [['2027-07-01'], [], '2026-07-01T00:00:00Z', '2027-07-01T00:00Z'],
    [['2030-01-01'], [], '2026-07-01T00:00:00Z', undefined],
    [['2020-01-01'], [], '2026-07-01T00:00:00Z', undefined],
    [[], ['Mon-Sun'], '2026-07-01T00:00:00Z', undefined],
    [['Mon'], ['Mon'], '2026-07-01T00:00:00Z', undefined],
    [['Mon 08:00-18:00'], ['06:00-18:00'], '2026-07-01T00:00:00Z', undefined],
    [['2027-08-04'], [], '2026-06-30T00:00:00Z', '2027-08-04T00:00Z'],
    [['2027-08-04'], [], '2026-06-29T23:59:00Z', undefined],
  ])('only %j, never %j, after %s: %s', (only, never, at, expected) =>
    expect(opening(windowsOf(only, never), at)).toBe(expected),
  );

  it('takes no long way through a year in which it never opens', () => {
    const windows = windowsOf(['Mon 08:00-08:01 Europe/Berlin', 'Tue America/New_York'], ['2026-01-01/2028-01-01']);
    const start = performance.now();
    expect(opening(windows, '2026-07-01T00:00:00Z')).toBe(undefined);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

/** The same question answered the slow way: the written minutes of the week as a set, the clock as it is written out. */
interface Written {
  readonly text: string;
  readonly holds: (at: number) => boolean;
}

const written = new Map<string, Intl.DateTimeFormat>();
function clockIn(zone: string, at: number): { date: string; weekday: string; time: string } {
  const options = { timeZone: zone, dateStyle: 'full', timeStyle: 'short' } as const;
  const format = written.get(zone) ?? new Intl.DateTimeFormat('en-GB', options);
  written.set(zone, format);
  // Saturday 4 July 2026 at 09:12
  const found = /^(\w+),? (\d+) (\w+) (\d+)(?:,| at) (\d\d:\d\d)$/.exec(format.format(at));
  if (found === null) throw new Error(`not readable: ${format.format(at)}`);
  const [, weekday = '', day = '', month = '', year = '', time = ''] = found;
  const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month.slice(0, 3)) / 3 + 1;
  return {
    date: `${year}-${String(months).padStart(2, '0')}-${day.padStart(2, '0')}`,
    weekday: weekday.slice(0, 3),
    time,
  };
}

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

function slowWeekly(days: readonly number[], start: number, length: number, zone: string): Written {
  const minutes = new Set<string>();
  for (const day of days) {
    for (let i = start; i < start + length; i++) {
      minutes.add(`${NAMES[(day + Math.floor(i / 1_440)) % 7]} ${clockText(i % 1_440)}`);
    }
  }
  const end = start + length === 1_440 ? '24:00' : clockText((start + length) % 1_440);
  return {
    text: `${days.map((day) => NAMES[day]).join(',')} ${clockText(start)}-${end} ${zone}`,
    holds: (at) => {
      const { weekday, time } = clockIn(zone, at);
      return minutes.has(`${weekday} ${time}`);
    },
  };
}

function slowDates(first: number, length: number, zone: string): Written {
  const [start, end] = [first, first + length].map((day) => new Date(day * DAY).toISOString().slice(0, 10));
  return {
    text: `${start}/${end} ${zone}`,
    holds: (at) => {
      const { date } = clockIn(zone, at);
      return start! <= date && date <= end!;
    },
  };
}

describe('beside a slow computation', () => {
  // Lord Howe moves by half an hour, Santiago and Cairo at midnight, Casablanca goes back for a month
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Shanghai',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Santiago',
    'Africa/Cairo',
    'Africa/Casablanca',
    'Pacific/Kiritimati',
  );
  const changes = ['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-03-08T07:00Z', '2026-11-01T06:00Z'];
  const edges = [...changes, '2026-04-04T15:00Z', '2026-04-05T03:00Z', '2026-09-06T04:00Z', '2026-12-31T23:00Z'];
  const nearEdge = fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -4_000 * MINUTE, max: 1_500 * MINUTE }))
    .map(([text, beside]) => Date.parse(text) + beside);
  const moment = fc.oneof(nearEdge, fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2028, 0) }));
  const start = fc.oneof(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 0, max: 240 }));
  const length = fc.oneof(fc.integer({ min: 1, max: 1_439 }), fc.integer({ min: 1, max: 90 }));
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 });
  const dates = fc.tuple(
    fc.integer({ min: Date.UTC(2026, 0) / DAY, max: Date.UTC(2027, 1) / DAY }),
    fc.integer({ min: 0, max: 40 }),
    zone,
  );
  const window = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(days, start, length, zone).map((parts) => slowWeekly(...parts)) },
    { weight: 1, arbitrary: dates.map((parts) => slowDates(...parts)) },
  );
  const both = fc.record({ only: fc.array(window, { maxLength: 3 }), never: fc.array(window, { maxLength: 3 }) });

  type Both = Record<'only' | 'never', Written[]>;
  const quick = ({ only, never }: Both): Windows =>
    windowsOf(
      only.map(({ text }) => text),
      never.map(({ text }) => text),
    );
  const slow = ({ only, never }: Both, at: number): boolean =>
    (only.length === 0 || only.some(({ holds }) => holds(at))) && !never.some(({ holds }) => holds(at));

  it('inside and outside are the same at every moment', () => {
    const property = fc.property(window, moment, (one, at) => {
      expect(allowed(windowsOf([one.text]), at)).toBe(one.holds(at));
      expect(allowed(windowsOf([], [one.text]), at)).toBe(!one.holds(at));
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('the next opening is allowed, and nothing before it is', () => {
    const property = fc.property(both, moment, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (all, now, at) => {
      const found = nextOpening(quick(all), now);
      const first = (Math.floor(now / MINUTE) + 1) * MINUTE;
      const end = found ?? now + 400 * DAY;
      expect(end).toBeGreaterThan(now);
      expect(end).toBeLessThanOrEqual(now + 400 * DAY);
      if (found !== undefined) {
        expect(found % MINUTE).toBe(0);
        expect(slow(all, found)).toBe(true);
      }
      const minutes = Math.floor((end - first) / MINUTE);
      const sampled = [
        // every minute right before it and right after now, some in between
        ...Array.from({ length: 100 }, (_, i) => minutes - 1 - i),
        ...Array.from({ length: 100 }, (_, i) => i),
        ...at.map((share) => Math.floor(share * minutes)),
      ].filter((minute) => minute >= 0 && minute < minutes);
      for (const minute of sampled) expect(slow(all, first + minute * MINUTE)).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('the next opening is the very first one, minute by minute, when the clock changes', () => {
    const weekly = fc.tuple(days, start, length, zone).map((parts) => slowWeekly(...parts));
    const some = fc.record({
      only: fc.array(weekly, { minLength: 1, maxLength: 2 }),
      never: fc.array(weekly, { maxLength: 1 }),
    });
    const property = fc.property(some, nearEdge, (all, now) => {
      const first = (Math.floor(now / MINUTE) + 1) * MINUTE;
      const minutes = Array.from({ length: 2_000 }, (_, i) => first + i * MINUTE);
      const expected = minutes.find((at) => slow(all, at));
      const found = nextOpening(quick(all), now);
      expect(found !== undefined && found <= minutes.at(-1)! ? found : undefined).toBe(expected);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
