import { isDeepStrictEqual } from 'node:util';
import type { Json, Kit, Measurement } from '../../src/plugin-sdk/index.js';
import { readAnswer } from '../clients/templated/reading.js';
import type { Config, ProbeConfig } from './config.js';
import { paramsSchema } from './params.js';
import type { Services } from './services.js';

/** Makes the probe that reads a configured value and compares it. */
export function getProbe({ probe, config }: Kit<Services, Config>) {
  return probe({
    summary: 'Compare what an HTTP service answers with what is wanted',
    params: paramsSchema('probe', config.probes, 'no probe is configured: name one under probes of the plugin'),
    async measure({ client, params: { name, values }, signal }): Promise<Measurement> {
      const { probe: wanted, endpoint } = client.probe(name);
      const { status, value } = await readAnswer(endpoint, wanted.read, values, signal);
      if (value !== undefined) return judged(wanted, name, value);
      const detail = `${name} answered ${status}`;
      return { status: wanted.unhealthy.includes(status) ? 'unhealthy' : 'unknown', detail };
    },
  });
}

function judged({ is, least, most }: ProbeConfig, name: string, value: Json): Measurement {
  const text = JSON.stringify(value);
  const detail = `${name} is ${text.length <= 80 ? text : `${text.slice(0, 80)}...`}`;
  const numeric = typeof value === 'number' ? { value } : {};
  if (is !== undefined) {
    const healthy = is.some((one) => isDeepStrictEqual(one, value));
    return { status: healthy ? 'healthy' : 'unhealthy', detail, ...numeric };
  }
  if (typeof value !== 'number') return { status: 'unknown', detail: `${detail}, which is no number` };
  const within = value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  return { status: within ? 'healthy' : 'unhealthy', detail, value };
}
