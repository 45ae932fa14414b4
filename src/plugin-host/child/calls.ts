import type { Json } from '../../core/json.js';
import type { Lifting, PluginLog } from '../../plugin-sdk/call.js';
import { PluginError } from '../../plugin-sdk/plugin-error.js';
import type { CallOrder, Order, Saying } from './messages.js';
import { errorFrom, sentFailureOf } from './sent-failure.js';

/** The parts of a call that stay in the service: the child asks for them. */
export interface Hands {
  readonly signal: AbortSignal;
  readonly log: PluginLog;
  readonly fence?: () => Promise<void>;
  readonly lifting?: Lifting;
}

interface Pending {
  readonly hands: Hands;
  readonly settle: (answer: { readonly value: Json } | { readonly error: Error }) => void;
  /** When it should have come back; absent while it still may take its time. */
  overdueSince?: number;
  questions: number;
  /** One question after the other, however many are asked at once. */
  answered: Promise<void>;
}

type Question = Extract<Saying, { say: 'ask' }>;

/** Nobody has that much to ask within one call. */
const MOST_QUESTIONS = 10_000;

/** The calls into one child that are under way. */
export class Calls {
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  /**
   * @param tell sends to the child; false when it does not get it
   * @param now the time in milliseconds
   */
  constructor(
    private readonly tell: (order: Order) => boolean,
    private readonly now: () => number,
  ) {}

  /**
   * Calls the child, and comes back with what it says; what it throws is thrown here.
   *
   * @throws PluginError `plugin-down` when the child can't be told
   */
  async make(order: Omit<CallOrder, 'order' | 'id'>, hands: Hands): Promise<Json> {
    hands.signal.throwIfAborted();
    this.last += 1;
    const id = this.last;
    const answered = new Promise<Parameters<Pending['settle']>[0]>((settle) => {
      this.pending.set(id, { hands, settle, questions: 0, answered: Promise.resolve() });
    });
    const abort = (): void => this.abort(id, hands.signal);
    hands.signal.addEventListener('abort', abort, { once: true });
    if (!this.tell({ order: 'call', id, ...order })) {
      const error = new PluginError(
        'plugin-down',
        'the process of the plugin can not be told: it does not read, or the call is longer than 4 MiB or has more than 10,000 values',
      );
      this.settle(id, { error });
    }
    const answer = await answered;
    hands.signal.removeEventListener('abort', abort);
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  /** Takes what the child says of a call; of one that nobody knows (any more) it is passed over. */
  hear(saying: Extract<Saying, { say: 'result' | 'failure' | 'ask' }>): void {
    switch (saying.say) {
      case 'result':
        return this.settle(saying.id, { value: saying.value });
      case 'failure':
        return this.settle(saying.id, { error: errorFrom(saying.failure) });
      case 'ask':
        return this.question(saying);
    }
  }

  /** The log of a call that is under way. */
  logOf(id: number): PluginLog | undefined {
    return this.pending.get(id)?.hands.log;
  }

  /** Counts the calls that should have come back longer ago than this. */
  overdue(ms: number): number {
    const before = this.now() - ms;
    return [...this.pending.values()].filter(({ overdueSince = Infinity }) => overdueSince < before).length;
  }

  /** None of them will come back. */
  fail(error: () => Error): void {
    for (const id of this.pending.keys()) this.settle(id, { error: error() });
  }

  private settle(id: number, answer: Parameters<Pending['settle']>[0]): void {
    this.pending.get(id)?.settle(answer);
    this.pending.delete(id);
  }

  private abort(id: number, { reason }: AbortSignal): void {
    const call = this.pending.get(id);
    if (call !== undefined) call.overdueSince = this.now();
    const because: unknown = reason;
    this.tell({ order: 'abort', id, because: because instanceof Error ? because.message : 'aborted' });
  }

  private question(asked: Question): void {
    const call = this.pending.get(asked.id);
    if (call === undefined || (call.questions += 1) > MOST_QUESTIONS) return;
    call.answered = call.answered.then(() => this.answer(call.hands, asked));
  }

  private async answer(hands: Hands, { id, question, what }: Question): Promise<void> {
    if (!this.pending.has(id)) return;
    try {
      const value = what === 'fence' ? await fenceOf(hands) : await measureWith(hands);
      this.tell({ order: 'answer', question, value });
    } catch (error) {
      this.tell({ order: 'answer', question, failure: sentFailureOf(error) });
    }
  }
}

async function fenceOf({ signal, fence }: Hands): Promise<Json> {
  signal.throwIfAborted();
  if (fence === undefined) throw new PluginError('no-fence', 'only apply and revert have a fence', false);
  await fence();
  return null;
}

async function measureWith({ lifting }: Hands): Promise<Json> {
  if (lifting === undefined) throw new PluginError('not-lifting', 'this change is not lifted in stages', false);
  return { ...(await lifting.measure()) };
}
