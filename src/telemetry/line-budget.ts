/** How urgent a line of the log is. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Lines of one kind that were counted only. */
export interface LeftOut {
  readonly level: Level;
  readonly message: string;
  readonly count: number;
}

/** What is counted for one kind of line. */
interface Count extends Pick<LeftOut, 'level' | 'message'> {
  lines: number;
  dropped: number;
}

const WINDOW_MS = 10_000;
/** Of lines that say the very same. */
const MOST_SAME = 10;
/** Of lines with the same message about different things. */
const MOST_ALIKE = 500;
/** Of all lines but errors. */
const MOST_LINES = 10_000;
const MOST_KINDS = 2_000;
const LONGEST_KEY = 500;

/** Keeps the log readable and bounded (I15): of what is said again and again only the number is written. */
export class LineBudget {
  private since = Number.NEGATIVE_INFINITY;
  private lines = 0;
  private alike = new Map<string, Count>();
  private same = new Map<string, number>();

  /** @param now a clock that only goes forward, in milliseconds */
  constructor(private readonly now: () => number) {}

  /** Tells whether a line may be written, and counts it. */
  admit(level: Level, message: string, fields: string): boolean {
    const count = this.countOf(level, message);
    const key = `${level} ${message} ${fields}`.slice(0, LONGEST_KEY);
    const times = (this.same.get(key) ?? 0) + 1;
    if (times > 1 || this.same.size < MOST_LINES) this.same.set(key, times);
    const spent = level !== 'error' && this.lines >= MOST_LINES;
    if (times > MOST_SAME || count.lines >= MOST_ALIKE || spent) {
      count.dropped += 1;
      return false;
    }
    count.lines += 1;
    this.lines += 1;
    return true;
  }

  /** Gives what was left out once its ten seconds are over, and begins the next ten. */
  settle(): readonly LeftOut[] {
    const now = this.now();
    if (now - this.since < WINDOW_MS) return [];
    const left = [...this.alike.values()].filter(({ dropped }) => dropped > 0);
    this.since = now;
    this.lines = 0;
    this.alike = new Map();
    this.same = new Map();
    return left.map(({ level, message, dropped }) => ({ level, message, count: dropped }));
  }

  private countOf(level: Level, message: string): Count {
    const text = this.alike.size < MOST_KINDS ? message : 'other messages';
    const key = `${level} ${text}`.slice(0, LONGEST_KEY);
    const found = this.alike.get(key) ?? { level, message: text, lines: 0, dropped: 0 };
    this.alike.set(key, found);
    return found;
  }
}
