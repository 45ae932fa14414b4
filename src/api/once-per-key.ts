import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import type { Execution } from '../core/execution.js';
import { canonicalJson, type Json } from '../core/json.js';
import { sha256Hex } from '../core/plan-digest.js';
import type { ExecutionStore } from '../engine/execution-store.js';
import { newId } from '../intake/new-id.js';
import { CLOCK, STORE } from '../parts.js';
import { executionView } from './execution-view.js';
import { IDEMPOTENCY_KEYS, type IdempotencyKeys, type KeyEntry } from './idempotency-keys.js';

/** A request that has no answer after this long died on the way. */
const GIVEN_UP_MS = 30_000;

/** Lets a request under one key open one execution, however often it comes. */
@Injectable()
export class OncePerKey {
  constructor(
    @Inject(IDEMPOTENCY_KEYS) private readonly keys: IdempotencyKeys,
    @Inject(STORE) private readonly store: ExecutionStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens an execution, or gives the answer that the same request got before. What is refused uses up no key.
   *
   * @param key chosen by the caller, made unique among callers
   * @param request what is asked for; another request under the same key is refused
   * @param open opens the execution under the id that it is given
   * @returns the answer as JSON text
   */
  async run(key: string, request: Json, open: (executionId: string) => Promise<Execution>): Promise<string> {
    const now = this.clock.now();
    const mine: KeyEntry = { request: sha256Hex(canonicalJson(request)), executionId: newId('x', now), at: now };
    const name = sha256Hex(key);
    const earlier = await this.keys.claim(name, mine);
    if (earlier === undefined) return this.answer(name, mine, open);
    if (earlier.request !== mine.request)
      throw new FirebreakError('key-reused', 'this key stands for a request with other values');
    if (earlier.answer !== undefined) return earlier.answer;
    return this.goOn(name, earlier, mine, open);
  }

  /** Nobody has answered yet: the other request is under way, or its process died before or after it opened the execution. */
  private async goOn(
    name: string,
    earlier: KeyEntry,
    mine: KeyEntry,
    open: (executionId: string) => Promise<Execution>,
  ): Promise<string> {
    const stored = await this.store.get(earlier.executionId);
    if (stored !== undefined) return this.finish(name, earlier, stored.execution);
    const isDead = mine.at - earlier.at >= GIVEN_UP_MS;
    if (isDead && (await this.keys.replace(name, earlier, mine))) return this.answer(name, mine, open);
    throw new FirebreakError('in-flight', 'the first request with this key has no answer yet');
  }

  private async answer(
    name: string,
    mine: KeyEntry,
    open: (executionId: string) => Promise<Execution>,
  ): Promise<string> {
    try {
      return await this.finish(name, mine, await open(mine.executionId));
    } catch (error) {
      // a catalogued no means that nothing was opened; after anything else the store knows, and the key stays
      if (error instanceof FirebreakError) await this.keys.replace(name, mine);
      throw error;
    }
  }

  private async finish(name: string, entry: KeyEntry, execution: Execution): Promise<string> {
    const answer = JSON.stringify(executionView(execution));
    await this.keys.replace(name, entry, { ...entry, answer });
    return answer;
  }
}
