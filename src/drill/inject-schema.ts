import { z } from 'zod';
import { dnsLabel, duration } from '../catalog/schema-fields.js';

const MINUTE_MS = 60_000;

/** Name of an environment variable that holds a secret. */
export const variableName = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable');

/** An address by HTTP, of one host and without a secret in it. */
export const httpAddress = z.string().superRefine((text, ctx) => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    ctx.addIssue('must be an address such as http://center-a:8081/');
  else if (url.username !== '' || url.password !== '')
    ctx.addIssue('must hold no name or password: tokenFrom names a variable');
});

const through = {
  http: z.strictObject({ url: httpAddress, tokenFrom: variableName.optional() }).optional(),
  haproxy: z
    .strictObject({
      runtime: z.string().regex(/^(?:[^\s/*]+:\d{1,5}|\/\S+)$/, 'must be host:port, or the path of a unix socket'),
      server: z.string().regex(/^[\w.:-]+\/[\w.:-]+$/, 'must be <backend>/<server>, of one server'),
      address: z.string().regex(/^[^\s/*]+:\d{1,5}$/, 'must be the host:port that the server has and gets back'),
    })
    .optional(),
  chaosMesh: z
    .strictObject({
      namespace: dnsLabel,
      pods: z
        .record(
          z.string().regex(/^[\w./-]{1,253}$/, 'must be a label'),
          z.string().regex(/^[\w.-]{1,63}$/, 'must be the value of a label, without a wildcard'),
        )
        .refine((labels) => Object.keys(labels).length > 0, 'must not be empty: an empty selector never means "all"'),
      percent: z.int().min(1).max(100).default(100),
      port: z.int().min(1).max(65_535).optional(),
    })
    .optional(),
};

const FAULTS = ['latency', 'kill', 'errors'] as const;
const THROUGH = ['http', 'haproxy', 'chaosMesh'] as const;

/** The fault: what, for how long, and through what. */
export const inject = z
  .strictObject({
    latency: duration(1, 10 * MINUTE_MS).optional(),
    kill: z.literal(true).optional(),
    errors: z.number().gt(0).max(1).optional(),
    for: duration(1000, 60 * MINUTE_MS),
    ...through,
  })
  .superRefine((given, ctx) => {
    const faults = FAULTS.filter((name) => given[name] !== undefined);
    const ways = THROUGH.filter((name) => given[name] !== undefined);
    if (faults.length !== 1) ctx.addIssue(`needs exactly one of ${FAULTS.join(', ')}; there ${count(faults)}`);
    if (ways.length !== 1) ctx.addIssue(`needs exactly one of ${THROUGH.join(', ')}; there ${count(ways)}`);
    if (given.haproxy !== undefined && given.kill !== true)
      ctx.addIssue({
        code: 'custom',
        path: ['haproxy'],
        message: 'can only kill: HAProxy makes nobody slow and no answer wrong',
      });
    if (given.chaosMesh !== undefined && given.errors !== undefined) {
      if (given.errors !== 1)
        ctx.addIssue({
          code: 'custom',
          path: ['errors'],
          message: 'must be 1 with chaosMesh: a pod fails all of its answers; `percent` says how many pods',
        });
      if (given.chaosMesh.port === undefined)
        ctx.addIssue({ code: 'custom', path: ['chaosMesh'], message: 'needs the port whose answers are to fail' });
    }
  });

/** The fault as read; times in milliseconds. */
export type Inject = z.output<typeof inject>;

function count(names: readonly string[]): string {
  return names.length === 0 ? 'is none' : `are ${names.join(' and ')}`;
}
