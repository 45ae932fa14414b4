import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.js';
import { FirebreakError } from '../core/errors.js';
import { CLOCK } from '../parts.js';
import { Callers } from './callers.js';
import { may } from './may.js';
import type { Permission } from './permission.js';

/** So often it is asked again whether somebody may still have an answer that goes on. */
export const ASK_AGAIN_MS = 15_000;

/** A store or a voucher that is away for a moment ends nothing; nobody reads on for longer than this without being known. */
const UNKNOWN_FOR_MS = 45_000;

/** Looks after answers that go on: a login, a token or a right may end while somebody reads. */
@Injectable()
export class StillAllowed {
  constructor(
    private readonly callers: Callers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Gives a signal that aborts when the reader has gone, and within a minute when the reader is known or allowed no more.
   *
   * @param request with which the reader came, and by which it is found out again who that is
   * @param permission without which the answer ends
   * @param gone aborts when the reader has gone
   */
  watch(request: FastifyRequest, permission: Permission, gone: AbortSignal): AbortSignal {
    const over = new AbortController();
    let known = this.clock.now();
    const ask = async (): Promise<void> => {
      const answer = await this.isAllowed(request, permission);
      if (answer === 'yes') known = this.clock.now();
      if (answer === 'no' || this.clock.now() - known >= UNKNOWN_FOR_MS) over.abort();
      else if (!gone.aborted) cancel = this.clock.after(ASK_AGAIN_MS, () => void ask());
    };
    let cancel = this.clock.after(ASK_AGAIN_MS, () => void ask());
    const leave = (): void => {
      cancel();
      over.abort();
    };
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
    return over.signal;
  }

  private async isAllowed(request: FastifyRequest, permission: Permission): Promise<'yes' | 'no' | 'unknown'> {
    try {
      const known = await this.callers.of(request);
      return known.is === 'caller' && may(known.caller.person, permission) ? 'yes' : 'no';
    } catch (error) {
      const isNo = error instanceof FirebreakError && ['unauthenticated', 'forbidden'].includes(error.code);
      return isNo ? 'no' : 'unknown';
    }
  }
}
