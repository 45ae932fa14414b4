import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { hostAddress } from '../nftables/address.js';
import type { NftablesFields } from '../nftables/config.js';
import { paramsSchema } from '../nftables/params.js';
import type { Kit, Measurement } from '../../../src/plugin-sdk/index.js';
import { synAnswer, type SynAnswer } from './syn-answer.js';

/** As many go unacknowledged before an endpoint is bad, and for as long each (D8). */
const SYNS = 3;
const WITHIN_MS = 200;

const isPort = (number: number): boolean => number >= 1 && number <= 65_535;
const portSchema = z
  .union([z.int(), z.string().regex(/^[0-9]{1,5}$/)])
  .refine((port) => isPort(Number(port)), 'write a port from 1 to 65535');

/**
 * Makes the probe that asks an endpoint for three connections at once, so that a dead one is known after 200 ms instead
 * of after several rounds of polling. It is bad when none of the three is acknowledged.
 */
export function synProbe<Client>({ probe, config }: Kit<Client, NftablesFields>) {
  const { endpoint } = paramsSchema(config.nftables).shape;
  return probe({
    summary: 'Does an endpoint acknowledge any of three SYNs within 200 ms?',
    params: z
      .strictObject({
        endpoint,
        /** As a number or as templates write one; that of the endpoint, as in `10.1.2.3:8080`, unless told. */
        port: portSchema.optional(),
        /** `down` turns the question around: healthy when none is acknowledged, for a guard before isolating. */
        expect: z.enum(['up', 'down']).default('up'),
      })
      .refine((params) => isPort(portOf(params)), { path: ['endpoint'], message: 'needs a port, here or in port' }),
    async measure({ params, signal }) {
      const to = { host: hostAddress(params.endpoint)?.text ?? '', port: portOf(params) };
      const began = performance.now();
      const answers = await Promise.all(Array.from({ length: SYNS }, () => synAnswer(to, WITHIN_MS, signal)));
      const found = judge(answers, `${to.host} port ${to.port}`, performance.now() - began);
      return params.expect === 'up' ? found : turned(found);
    },
  });
}

function portOf({
  endpoint,
  port,
}: {
  readonly endpoint: string;
  readonly port?: string | number | undefined;
}): number {
  return Number(port ?? /[\]0-9]:([0-9]{1,5})$/.exec(isIPv6(endpoint) ? '' : endpoint)?.[1] ?? 0);
}

function turned(found: Measurement): Measurement {
  if (found.status === 'unknown') return found;
  return { ...found, status: found.status === 'healthy' ? 'unhealthy' : 'healthy' };
}

/** Says what the answers mean together; `tookMs` is how long it took to know. */
export function judge(answers: readonly SynAnswer[], what: string, tookMs: number): Measurement {
  const count = (kind: SynAnswer['kind']) => answers.filter((one) => one.kind === kind).length;
  const acknowledged = count('acknowledged');
  const codes = [...new Set(answers.flatMap((one) => ('code' in one ? [one.code] : [])))].join(', ');
  const values = { acknowledged, decided_ms: Math.round(tookMs) };
  const says = `${what}: ${acknowledged} of ${answers.length} SYNs acknowledged${codes === '' ? '' : ` (${codes})`}`;
  if (acknowledged > 0) return { status: 'healthy', value: acknowledged, values, detail: says };
  // What was never sent says nothing about the endpoint.
  if (count('not-asked') > 0) return { status: 'unknown', detail: `${says}: this machine could not ask` };
  return { status: 'unhealthy', value: 0, values, detail: says };
}
