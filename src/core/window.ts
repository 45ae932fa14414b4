import type { Instant } from './alert.js';

/** A span of time by the wall clock of one zone; plain data, so that it can be saved with an execution. */
export type Window = Span & { readonly source: string; readonly zone: string };

type Span =
  | {
      readonly is: 'weekly';
      /** The days on which it starts, 0 for Sunday. */
      readonly days: readonly number[];
      /** Minutes after the midnight before it; an end after 1440 lies on the next day and is itself outside. */
      readonly from: number;
      readonly to: number;
    }
  /** Days since 1970-01-01, both inside. */
  | { readonly is: 'dates'; readonly first: number; readonly last: number };

/** When a runbook may act: within one of `only` (always, if there is none) and within none of `never`. */
export interface Windows {
  readonly only: readonly Window[];
  readonly never: readonly Window[];
}

/** What came of reading a window: the window, or why the text is none. */
export type ParsedWindow =
  { readonly ok: true; readonly window: Window } | { readonly ok: false; readonly detail: string };

const MINUTE = 60_000;
const DAY = 1_440;
const FARTHEST_DAYS = 400;
const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const SOME_DAYS = `(?:${NAMES.join('|')})(?:-(?:${NAMES.join('|')}))?`;
const DAYS_SHAPE = new RegExp(`^${SOME_DAYS}(?:,${SOME_DAYS})*$`);
const TIMES_SHAPE = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/;
const DATES_SHAPE = /^(\d{4}-\d\d-\d\d)(?:\/(\d{4}-\d\d-\d\d))?$/;
const HELP =
  'write weekdays (Mon-Fri or Sat,Sun), times or both such as Mon-Fri 08:00-18:00 Asia/Shanghai, ' +
  'or dates such as 2026-12-31/2027-01-01; without a time zone it is UTC';

/**
 * Reads a window: weekdays and times, or dates, and then perhaps a time zone.
 *
 * @param text for example `Mon-Fri 08:00-18:00 Asia/Shanghai`, `22:00-06:00`, `Sat,Sun` or `2026-12-31/2027-01-01`
 */
export function parseWindow(text: string): ParsedWindow {
  const no = (why: string): ParsedWindow => ({ ok: false, detail: `"${text}" is not a window: ${why}` });
  const words = text.trim().split(/\s+/);
  const take = (shape: RegExp): readonly string[] | undefined => {
    const found = shape.exec(words[0] ?? '') ?? undefined;
    if (found !== undefined) words.shift();
    return found;
  };
  const dates = take(DATES_SHAPE);
  const days = dates === undefined ? take(DAYS_SHAPE)?.[0] : undefined;
  const times = dates === undefined ? take(TIMES_SHAPE) : undefined;
  const nothing = dates === undefined && days === undefined && times === undefined;
  const zone = words.shift() ?? 'UTC';
  if (nothing || words.length > 0 || !/^[A-Za-z]/.test(zone)) return no(HELP);
  if (!isZone(zone)) return no(`"${zone}" is not a time zone; write an IANA name such as Asia/Shanghai`);
  const span = dates === undefined ? readWeekly(days ?? 'Sun-Sat', times) : readDates(dates);
  return typeof span === 'string' ? no(span) : { ok: true, window: { ...span, source: text, zone } };
}

/** Gives the span, or says what is wrong; all seven days or the whole day when only the other one was written. */
function readWeekly(text: string, times: readonly string[] = ['', '00', '00', '24', '00']): Span | string {
  const twice = /(\w+)-\1/.exec(text)?.[1];
  if (twice !== undefined) return `"${twice}-${twice}" starts and ends on the same day; write ${twice}`;
  const named = text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map((name) => NAMES.indexOf(name));
    return Array.from({ length: modulo(last - first, 7) + 1 }, (_, i) => (first + i) % 7);
  });
  const [whole, startHour, startMinute, endHour, endMinute] = times;
  const from = Number(startHour) * 60 + Number(startMinute);
  const to = Number(endHour) * 60 + Number(endMinute);
  if (from >= DAY || to > DAY || Number(startMinute) > 59 || Number(endMinute) > 59) {
    return `"${whole}" is not on the clock; write 00:00 to 23:59, or 24:00 as the end, such as 08:00-24:00`;
  }
  if (from === to) return `"${whole}" starts and ends at the same time; write 00:00-24:00 for a whole day`;
  const days = NAMES.map((_, day) => day).filter((day) => named.includes(day));
  return { is: 'weekly', days, from, to: to < from ? to + DAY : to };
}

function readDates([, start = '', end = start]: readonly string[]): Span | string {
  const [first, last] = [start, end].map((date) => {
    const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
    return Date.UTC(year, month - 1, day) / MINUTE / DAY;
  });
  if (first === undefined || dateOf(first) !== start) return `${start} is not in the calendar; write 2026-12-31`;
  if (last === undefined || dateOf(last) !== end) return `${end} is not in the calendar; write 2026-12-31`;
  return last < first
    ? 'it ends before it starts; write the earlier date first, such as 2026-12-31/2027-01-01'
    : { is: 'dates', first, last };
}

/** Says in one sentence why acting is not allowed at a moment, or nothing when it is allowed. */
export function windowRefusal(windows: Windows, now: Instant): string | undefined {
  const never = windows.never.find((window) => covers(window, now));
  if (never !== undefined) return `inside of "${never.source}", when it never acts`;
  const closed = closedBy(windows, now);
  if (closed.length === 0) return undefined;
  return closed.map((window) => `outside of "${window.source}": it is ${clockOf(window, now)} there`).join(', and ');
}

/** Finds the earliest whole minute after a moment at which acting is allowed, within the next 400 days. */
export function nextOpening(windows: Windows, now: Instant): Instant | undefined {
  const last = now + FARTHEST_DAYS * DAY * MINUTE;
  let at = (Math.floor(now / MINUTE) + 1) * MINUTE;
  while (at <= last) {
    const closed = closedBy(windows, at);
    if (closed.length === 0) return at;
    at += Math.min(...closed.map((window) => steadyMinutes(window, at))) * MINUTE;
  }
  return undefined;
}

/** The windows that forbid acting; as long as none of them changes, it stays forbidden. */
function closedBy({ only, never }: Windows, at: Instant): readonly Window[] {
  const inside = never.find((window) => covers(window, at));
  if (inside !== undefined) return [inside];
  return only.some((window) => covers(window, at)) ? [] : only;
}

function covers(window: Window, at: Instant): boolean {
  const local = localMinutes(window.zone, at);
  const [day, minute] = [Math.floor(local / DAY), modulo(local, DAY)];
  switch (window.is) {
    case 'dates':
      return window.first <= day && day <= window.last;
    case 'weekly': {
      const { days, from, to } = window;
      const sinceToday = from <= minute && minute < to && days.includes(weekdayOf(day));
      return sinceToday || (minute + DAY < to && days.includes(weekdayOf(day - 1)));
    }
  }
}

/** How long a window surely stays as it is: to its next edge, or less when the clock is put forward or back before. */
function steadyMinutes(window: Window, at: Instant): number {
  const local = localMinutes(window.zone, at);
  const minute = modulo(local, DAY);
  const edges = window.is === 'weekly' ? [window.from, window.to % DAY, DAY] : [DAY];
  let minutes = Math.min(...edges.filter((edge) => edge > minute)) - minute;
  while (minutes > 1 && localMinutes(window.zone, at + minutes * MINUTE) !== local + minutes) {
    minutes = Math.floor(minutes / 2);
  }
  return minutes;
}

function clockOf(window: Window, at: Instant): string {
  const local = localMinutes(window.zone, at);
  const day = Math.floor(local / DAY);
  const time = new Date(local * MINUTE).toISOString().slice(11, 16);
  return window.is === 'dates' ? dateOf(day) : `${NAMES[weekdayOf(day)]} ${time}`;
}

const dateOf = (day: number): string => new Date(day * DAY * MINUTE).toISOString().slice(0, 10);
// 1970-01-01 was a Thursday
const weekdayOf = (day: number): number => modulo(day + 4, 7);
const modulo = (value: number, by: number): number => value - by * Math.floor(value / by);

const formatters = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATTERS = 64;

/** What the wall clock of a zone shows, as minutes since its own 1970-01-01 00:00. */
function localMinutes(zone: string, at: Instant): number {
  const shown = new Map<string, number>(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? Number.NaN;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) / MINUTE;
}

function isZone(zone: string): boolean {
  try {
    return formatterOf(zone) !== undefined;
  } catch {
    return false;
  }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const made = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { timeZone, hourCycle: 'h23', ...parts });
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  formatters.set(timeZone, made);
  return made;
}
