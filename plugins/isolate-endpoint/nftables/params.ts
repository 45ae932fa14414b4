import { z } from 'zod';
import { parseDuration } from '../../../src/plugin-sdk/index.js';
import { hostAddress } from './address.js';
import type { NftablesConfig } from './config.js';
import { membersOf } from './pool.js';

const PRESET = '10m';

/**
 * Makes the schema of the parameters of `isolate-endpoint/nftables`.
 *
 * @param config decides which firewalls and which endpoints a step may name
 */
export function paramsSchema(config: NftablesConfig | undefined) {
  const members = new Set(
    Object.values(config?.pools ?? {}).flatMap((pool) => membersOf(pool).map(({ text }) => text)),
  );
  const isMember = (written: string): boolean => members.has(hostAddress(written)?.text ?? '');
  const names = Object.keys(config?.firewalls ?? {});
  return z
    .strictObject({
      /** One address of one host; a port behind it is left out, because all of the host is isolated. */
      endpoint: z
        .string()
        .max(64)
        .refine((text) => hostAddress(text) !== undefined, { message: 'write one address of one host', abort: true })
        .refine((text) => isMember(text), { message: 'is in none of the pools of the configuration', abort: true }),
      /** May be left out where only one is configured. */
      firewall: z.enum(names).optional(),
      for: z
        .string()
        .default(PRESET)
        .refine((text) => isWithin(text, config?.atMost ?? 0), 'write whole seconds, no longer than atMost allows'),
    })
    .refine(({ firewall }) => firewall !== undefined || names.length === 1, {
      path: ['firewall'],
      message: `name one of ${names.join(', ')}`,
    });
}

/** Parameters of `isolate-endpoint/nftables`. */
export type Params = z.infer<ReturnType<typeof paramsSchema>>;

/** What is kept for taking it back: how our element is known again, and what was there before. */
export const beforeSchema = z.strictObject({
  /** Our element's comment. */
  mark: z.string(),
  /** The element of somebody else that isolated the endpoint already. */
  was: z.strictObject({ timeoutSeconds: z.int().nullable(), comment: z.string() }).nullable(),
});

/** What is kept for taking it back. */
export type Before = z.infer<typeof beforeSchema>;

/** For how long, in seconds. */
export function secondsOf({ for: text }: Params): number {
  const parsed = parseDuration(text);
  return parsed.ok ? Math.round(parsed.ms / 1_000) : 0;
}

function isWithin(text: string, atMostMs: number): boolean {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.ms >= 1_000 && parsed.ms % 1_000 === 0 && parsed.ms <= atMostMs;
}
