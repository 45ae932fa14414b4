import type { Instant } from '../core/alert.js';
import type { JournalEntry } from '../core/event.js';
import type { Execution } from '../core/execution.js';
import { KEEP_CLOSED_MS, type ExecutionStore } from '../engine/execution-store.js';
import { rowsOfDecisions } from './decision-rows.js';
import { historyIn, rowsOfHistory, rowsOfJournal, rowsOfStanding, STANDING } from './execution-rows.js';
import { openSince, SLACK_MS } from './open-executions.js';
import type { Pace } from './pace.js';
import { TIMED_OUT, type Refusal } from './refusal.js';
import { touches, type Row } from './row.js';
import type { Wanted } from './wanted.js';

/** How much one query may read. */
export interface Bounds {
  readonly executions: number;
  readonly journals: number;
  readonly decisions: number;
}

/** What holds when nobody says otherwise. */
export const BOUNDS: Bounds = { executions: 10_000, journals: 2_000, decisions: 5_000 };

/** Rows, newest first, with what was left out. */
export type Rows = { readonly ok: true; readonly rows: readonly Row[]; readonly warnings: readonly string[] } | Refusal;

/** As many as the store reads at once. */
const PAGE = 200;
const JOURNALS_AT_ONCE = 25;

/** What the reader needs of the store: nothing that changes anything. */
export type Readable = Pick<ExecutionStore, 'get' | 'list' | 'journal' | 'decisions' | 'now' | 'audit' | 'auditHead'>;

/** Gets rows from the store: only what a query is about, the newest first, and never more than its bounds. */
export class Reader {
  /**
   * @param store what is asked
   * @param bounds how much of it
   */
  constructor(
    private readonly store: Readable,
    private readonly bounds: Bounds = BOUNDS,
  ) {}

  /** Reads the rows that a query is about; there may be others among them. */
  async read(wanted: Wanted, pace: Pace): Promise<Rows> {
    const executions = await this.ofExecutions(wanted, pace);
    if (!executions.ok) return executions;
    const decisions = await this.ofDecisions(wanted, pace);
    if (!decisions.ok) return decisions;
    return {
      ok: true,
      rows: [...executions.rows, ...decisions.rows],
      warnings: [...executions.warnings, ...decisions.warnings],
    };
  }

  private async ofDecisions(wanted: Wanted, pace: Pace): Promise<Rows> {
    const { metrics, span, least, fingerprint, alertname, runbook, executionId } = wanted;
    const since = Math.max(0, Math.ceil(least));
    if (!metrics.includes('firebreak_decision') || span.to < since) return { ok: true, rows: [], warnings: [] };
    const records = await this.store.decisions({
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(alertname === undefined ? {} : { alertname }),
      ...(runbook === undefined ? {} : { runbook }),
      ...(executionId === undefined ? {} : { executionId }),
      ...(since > 0 ? { since } : {}),
      limit: this.bounds.decisions + 1,
    });
    const rows = await rowsOfDecisions(records.slice(0, this.bounds.decisions), pace);
    if (rows === undefined) return TIMED_OUT;
    const isCut = records.length > this.bounds.decisions;
    const warnings = isCut ? [cut('decisions', this.bounds.decisions)] : [];
    return { ok: true, rows: rows.filter((row) => touches(row, span)), warnings };
  }

  private async ofExecutions(wanted: Wanted, pace: Pace): Promise<Rows> {
    const { metrics, span } = wanted;
    const rows: Row[] = [];
    const warnings: string[] = [];
    if (metrics.every((metric) => metric === 'firebreak_decision')) return { ok: true, rows, warnings };
    const now = await this.store.now();
    if (span.from > -8.64e15 && span.from < now - KEEP_CLOSED_MS) warnings.push(FORGOTTEN);
    const left = { ...this.bounds };
    let isCut = false;
    for await (const page of this.pages(wanted)) {
      if (!(await pace.rest())) return TIMED_OUT;
      isCut = page.isCut;
      const executions = page.items.filter((one) => one.timeline.openedAt <= span.to);
      for (let at = 0; at < executions.length; at += JOURNALS_AT_ONCE) {
        const some = executions.slice(at, at + JOURNALS_AT_ONCE);
        const looks = await Promise.all(some.map((one) => this.look(one, page, wanted, now, left)));
        for (const one of looks) {
          for (const row of rowsOf(one, wanted)) if (touches(row, span)) rows.push(row);
          if (pace.isDue && !(await pace.rest())) return TIMED_OUT;
        }
      }
    }
    if (isCut) warnings.push(cut('executions', this.bounds.executions));
    if (left.journals < 0) warnings.push(`${cut('journals', this.bounds.journals)}; further executions are left out`);
    return { ok: true, rows, warnings };
  }

  /** Finds the executions that a query may be about, some at a time. */
  private async *pages(wanted: Wanted): AsyncGenerator<Page> {
    const { executionId, onlyOpen, span } = wanted;
    const most = this.bounds.executions;
    if (executionId !== undefined) {
      const stored = await this.store.get(executionId);
      yield { items: stored === undefined ? [] : [stored.execution], isCut: false };
      return;
    }
    const open = onlyOpen ? await openSince(this.store, span.from, most) : undefined;
    const seen = new Set(open?.executions.map(({ id }) => id));
    if (open !== undefined) yield { ...open, items: open.executions };
    if (open?.changed !== undefined) return;
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await this.page(wanted, cursor);
      const items = page.items.slice(0, most - count).filter(({ id }) => !seen.has(id));
      count += page.items.length;
      const last = page.items.at(-1);
      const isOver = last !== undefined && onlyOpened(wanted) && last.timeline.openedAt < wanted.least - SLACK_MS;
      cursor = isOver ? undefined : page.cursor;
      yield { items, isCut: cursor !== undefined };
    } while (cursor !== undefined && count < most);
  }

  private async page({ runbook, target }: Wanted, cursor: string | undefined) {
    return this.store.list({
      ...(runbook === undefined ? {} : { runbook }),
      ...(target === undefined ? {} : { target }),
      ...(cursor === undefined ? {} : { cursor }),
      limit: PAGE,
    });
  }

  /** Reads what is needed of an execution beside itself. */
  private async look(
    execution: Execution,
    { changed }: Page,
    wanted: Wanted,
    now: Instant,
    left: { journals: number },
  ): Promise<Look> {
    const { from } = wanted.span;
    const since = changed?.has(execution.id) === false ? from : settledSince(execution, from, now);
    const needsHistory = since === undefined || wanted.metrics.includes('firebreak_journal_event');
    if (!needsHistory) return { execution, since, journal: [] };
    left.journals -= 1;
    return { execution, since, journal: left.journals < 0 ? [] : await this.store.journal(execution.id) };
  }
}

/** Some executions that a query may be about. */
interface Page {
  readonly items: readonly Execution[];
  /** To which of them anything has happened since the time that is asked about, where that is known. */
  readonly changed?: ReadonlySet<string>;
  /** There are more. */
  readonly isCut: boolean;
}

/** An execution with what was read of it. */
interface Look {
  readonly execution: Execution;
  /** Since when it is as it is, where nothing before that is asked about. */
  readonly since: Instant | undefined;
  readonly journal: readonly JournalEntry[];
}

/** Gives the rows of an execution, what it went through last first. */
function rowsOf({ execution, since, journal }: Look, { metrics }: Wanted): Row[] {
  const history = historyIn(journal);
  const standing = STANDING.filter((metric) => metrics.includes(metric)).flatMap((metric) =>
    since === undefined ? rowsOfHistory(metric, history) : rowsOfStanding(metric, execution, since),
  );
  return metrics.includes('firebreak_journal_event') ? [...standing, ...rowsOfJournal(history).reverse()] : standing;
}

/** Since when an execution is as it is, where that holds for all of the stretch, so that its journal need not be read. */
function settledSince({ state, closedAt }: Execution, from: Instant, now: Instant): Instant | undefined {
  if (state.phase === 'closed' && closedAt !== undefined && closedAt <= from) return closedAt;
  return from >= now ? from : undefined;
}

/** Tells whether only what was opened later is wanted. */
function onlyOpened({ metrics }: Wanted): boolean {
  return metrics.every((metric) => metric === 'firebreak_execution' || metric === 'firebreak_decision');
}

const FORGOTTEN = 'executions are kept for 30 days after their end: what was before is not complete';

function cut(what: string, most: number): string {
  return `only the newest ${most} ${what} were read; narrow the query, for example by runbook, execution_id or time`;
}
