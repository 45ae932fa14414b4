import { Agent } from 'undici';
import { z } from 'zod';
import { httpUrl } from '../clients/http.js';
import { timeoutSchema } from '../clients/timeout.js';
import { definePlugin, PluginError, secret } from '../../src/plugin-sdk/index.js';
import { COMPARISON, parseComparison } from './comparison.js';
import { queryNow, type PrometheusClient } from '../clients/instant-query.js';
import { judge } from './judge.js';

const ADVICE = 'write a comparison with a number, for example "> 0.85", "== 1" or "<= 3"';

/** Measures with Prometheus, or with anything that speaks its query API. */
export default definePlugin({
  id: 'prometheus',
  sdk: 1,
  version: '1.0.0',
  config: z.strictObject({
    url: httpUrl.default('http://localhost:9090'),
    token: secret().optional(),
    timeout: timeoutSchema('2s'),
  }),
  connect: async (config): Promise<PrometheusClient> => ({ ...config, agent: new Agent() }),
  close: (client) => client.agent.destroy(),
  provide: ({ probe }) => ({
    probes: {
      query: probe({
        summary: 'Compare the result of a PromQL query with a number',
        params: z.strictObject({
          query: z.string().trim().min(1).max(4_000),
          healthy: z
            .string()
            .regex(COMPARISON, ADVICE)
            .refine((text) => parseComparison(text) !== undefined, ADVICE),
        }),
        async measure({ client, params, signal, log }) {
          const wanted = parseComparison(params.healthy);
          if (wanted === undefined)
            throw new PluginError('bad-comparison', `${params.healthy} is no comparison`, false);
          const { samples, warnings } = await queryNow(client, params.query, signal);
          if (warnings.length > 0) log.warn('Prometheus has remarks on a query', { query: params.query, warnings });
          return judge(params.query, samples, wanted);
        },
      }),
    },
  }),
});
