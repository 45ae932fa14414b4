import Fastify, { type FastifyRequest } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { FirebreakError } from '../core/errors.js';
import { FakeClock } from '../testing/fake-clock.js';
import type { Shown } from './authenticator.js';
import { Callers } from './callers.js';
import { People } from './people.js';
import { everywhere } from './role-grant.js';
import { ASK_AGAIN_MS, StillAllowed } from './still-allowed.js';

const MINUTE = 60_000;

const somebody = (role: string): Shown => {
  const identity = { account: 'grafana:ada', name: 'ada', groups: [], grants: everywhere([role]) };
  return { is: 'somebody', identity, via: 'grafana' };
};
const refused = (code: 'unauthenticated' | 'identity-unavailable'): Shown => ({
  is: 'refused',
  error: new FirebreakError(code, 'not now'),
});

describe('an answer that goes on', () => {
  const clock = new FakeClock();
  let shown: Shown;
  let asked: number;
  let request: FastifyRequest;
  let reader: AbortController;
  let signal: AbortSignal;
  beforeEach(async () => {
    [shown, asked, reader] = [somebody('viewer'), 0, new AbortController()];
    const look = (): Shown => {
      asked += 1;
      return shown;
    };
    const people = new People(
      { people: [], grants: [] },
      () => [],
      async () => [],
      false,
    );
    const callers = new Callers([{ look }], people, false, { note: async () => undefined });
    const fastify = Fastify();
    fastify.get('/', async (one) => void (request = one));
    await fastify.inject('/');
    signal = new StillAllowed(callers, clock).watch(request, 'read', reader.signal);
  });

  it('goes on while its reader is known and may read', async () => {
    await clock.pass(60 * MINUTE);
    expect(signal.aborted).toBe(false);
    expect(asked).toBe((60 * MINUTE) / ASK_AGAIN_MS);
  });

  it.each([
    ['has logged out', { is: 'nothing' }],
    ['is known no more', refused('unauthenticated')],
    ['lost the role', somebody('source')],
  ] as const)('S12: ends within a minute when the reader %s', async (_what, now) => {
    shown = now;
    await clock.pass(MINUTE);
    expect(signal.aborted).toBe(true);
    const before = asked;
    await clock.pass(10 * MINUTE);
    expect(asked).toBe(before);
  });

  it('S12: ends within a minute when nobody can say who the reader is, and not at once', async () => {
    shown = refused('identity-unavailable');
    await clock.pass(2 * ASK_AGAIN_MS);
    expect(signal.aborted).toBe(false);
    shown = somebody('viewer');
    await clock.pass(ASK_AGAIN_MS);
    shown = refused('identity-unavailable');
    await clock.pass(2 * ASK_AGAIN_MS);
    expect(signal.aborted).toBe(false);
    await clock.pass(2 * ASK_AGAIN_MS);
    expect(signal.aborted).toBe(true);
  });

  it('I15: nobody is asked any more when the reader has gone', async () => {
    reader.abort();
    expect(signal.aborted).toBe(true);
    await clock.pass(10 * MINUTE);
    expect(asked).toBe(0);
  });
});
