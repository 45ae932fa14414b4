import { z } from 'zod';
import { call } from '../http-call.js';
import type { Inject } from '../inject-schema.js';
import type { Injector } from '../ports.js';
import { faultWords } from './fault-words.js';

const inForce = z.object({ fault: z.string().nullable() });

/**
 * Uses the fault switch of a service (docs/drills.md): GET says what is in force, PUT makes a fault with an end of its own,
 * DELETE takes it back.
 *
 * @param secret gives the value of an environment variable
 */
export function httpSwitch(inject: Inject, secret: (name: string) => string | undefined): Injector | undefined {
  if (inject.http === undefined) return undefined;
  const { url, tokenFrom } = inject.http;
  const about = { url, token: tokenFrom === undefined ? undefined : secret(tokenFrom) };
  const name = 'the fault switch';
  return {
    what: `${faultWords(inject)} through ${url}`,
    endsItself: true,
    obstacle: async () => {
      const read = inForce.safeParse(json(await call(name, about)));
      if (!read.success) return `what answers at ${url} is no fault switch: {"fault": null} was expected`;
      return read.data.fault === null
        ? undefined
        : `a fault is in force at ${url} already: ${read.data.fault}; unless a drill is being held, --undo takes it back`;
    },
    begin: async (forMs) => {
      await call(name, { ...about, method: 'PUT', body: JSON.stringify({ ...faultBody(inject), forMs }) });
    },
    end: async () => {
      await call(name, { ...about, method: 'DELETE' });
    },
  };
}

function faultBody({ latency, errors }: Inject): object {
  if (latency !== undefined) return { fault: 'latency', latencyMs: latency };
  return errors === undefined ? { fault: 'kill' } : { fault: 'errors', share: errors };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
