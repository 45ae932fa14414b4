import type { Measurement } from '../../plugin-sdk/call.js';
import { measurementSchema } from './answers.js';
import type { Order, Saying } from './messages.js';
import { errorFrom } from './sent-failure.js';

type Answer = Extract<Order, { order: 'answer' }>;

/** What calls ask the service while they are under way, and who waits for the answers. */
export class Questions {
  private readonly waiting = new Map<number, { readonly id: number; readonly settle: (answer: Answer) => void }>();
  private last = 0;

  /** @param say sends to the service */
  constructor(private readonly say: (saying: Saying) => boolean) {}

  /** What one call may ask. */
  of(id: number, signal: AbortSignal): { fence(): Promise<void>; measure(): Promise<Measurement> } {
    return {
      fence: async () => {
        signal.throwIfAborted();
        await this.ask(id, 'fence');
        signal.throwIfAborted();
      },
      measure: async () => measurementSchema.parse((await this.ask(id, 'measure')).value),
    };
  }

  /** Takes an answer of the service; one that nobody waits for is passed over. */
  answered(answer: Answer): void {
    this.waiting.get(answer.question)?.settle(answer);
    this.waiting.delete(answer.question);
  }

  /** The call is over, and nobody hears an answer any more. */
  forget(id: number): void {
    for (const [question, asked] of this.waiting) if (asked.id === id) this.waiting.delete(question);
  }

  private async ask(id: number, what: 'fence' | 'measure'): Promise<Answer> {
    this.last += 1;
    const question = this.last;
    const answer = await new Promise<Answer>((settle) => {
      this.waiting.set(question, { id, settle });
      this.say({ say: 'ask', id, question, what });
    });
    if (answer.failure !== undefined) throw errorFrom(answer.failure);
    return answer;
  }
}
