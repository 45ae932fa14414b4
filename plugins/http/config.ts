import { z } from 'zod';
import { positiveDuration } from '../clients/positive-duration.js';
import { endpointFields } from '../clients/templated/endpoint.js';
import { holesIn } from '../clients/templated/fill.js';
import { holesSchema, mistakeInHoles } from '../clients/templated/holes.js';
import { holesOfReading, readSchema } from '../clients/templated/reading.js';
import { holesOf, writeSchema } from '../clients/templated/request.js';

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

const operation = z
  .strictObject({
    endpoint: name,
    holes: holesSchema,
    /** Reads the state that the request changes. */
    read: readSchema.optional(),
    /** The state that is wanted, as the read gives it. */
    is: z.json().optional(),
    request: writeSchema,
    /** Takes it back; `gives` is the state that the read then shows, what it was before unless told. */
    compensate: z.strictObject({ request: writeSchema, gives: z.json().default('{was}') }).optional(),
    /** Must not be sent twice, whatever the read says: for `request-once`. */
    once: z.boolean().default(false),
    /** How long the state may take until it shows the change. */
    shows: positiveDuration('2s'),
  })
  .superRefine((one, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((one.read === undefined) !== (one.is === undefined)) complain('is', 'read and is go together');
    if (one.read === undefined && !one.once)
      complain(
        'read',
        'is needed, unless the operation says once: true and a person looks when the outcome is unknown',
      );
    if (one.read === undefined && one.compensate !== undefined)
      complain('compensate', 'needs read and is: without them nobody can tell whether there is something to take back');
    const { read, request, compensate } = one;
    const readHoles = [...(read === undefined ? [] : holesOfReading(read)), ...holesIn(one.is ?? null)];
    const writes = [request, ...(compensate === undefined ? [] : [compensate.request])];
    const version = read?.version === undefined ? [] : (['version'] as const);
    const own = read === undefined ? [] : (['was', ...version] as const);
    const declared = Object.keys(one.holes);
    const mistakes = [
      mistakeInHoles(declared, readHoles, []),
      mistakeInHoles(
        declared,
        writes.flatMap((write) => [...holesOf(write), ...holesIn(write.answer?.is ?? null)]),
        own,
      ),
      mistakeInHoles(declared, holesIn(compensate?.gives ?? null), ['was']),
    ];
    for (const mistake of new Set(mistakes)) if (mistake !== undefined) complain('holes', mistake);
  });

const probe = z
  .strictObject({
    endpoint: name,
    holes: holesSchema,
    read: readSchema,
    /** Healthy when the value is one of these. */
    is: z.array(z.json()).min(1).optional(),
    /** Healthy when the value is a number within these bounds. */
    least: z.number().optional(),
    most: z.number().optional(),
    /** Statuses that say unhealthy; without them an answer other than 200 is `unknown`. */
    unhealthy: z.array(z.int().min(300).max(599)).max(64).default([]),
  })
  .superRefine((one, context) => {
    const mistake = mistakeInHoles(Object.keys(one.holes), holesOfReading(one.read), []);
    if (mistake !== undefined) context.addIssue({ code: 'custom', path: ['holes'], message: mistake });
  })
  .refine(({ is, least, most }) => (is === undefined) !== (least === undefined && most === undefined), {
    path: ['is'],
    message: 'say is, or least and most',
  });

/** Configuration of the plugin: where requests may go, and which requests there are. */
export const configSchema = z
  .strictObject({
    endpoints: z
      .record(name, z.strictObject(endpointFields))
      .refine((endpoints) => Object.keys(endpoints).length > 0, 'name at least one endpoint'),
    operations: z.record(name, operation).default({}),
    probes: z.record(name, probe).default({}),
  })
  .superRefine(({ endpoints, operations, probes }, context) => {
    const all = [
      ...Object.entries(operations).map(([one, { endpoint }]) => ({ path: ['operations', one, 'endpoint'], endpoint })),
      ...Object.entries(probes).map(([one, { endpoint }]) => ({ path: ['probes', one, 'endpoint'], endpoint })),
    ];
    for (const { path, endpoint } of all) {
      if (Object.hasOwn(endpoints, endpoint)) continue;
      const message = `there is no endpoint ${endpoint}; there are ${Object.keys(endpoints).join(', ')}`;
      context.addIssue({ code: 'custom', path, message });
    }
  });

/** The plugin's configuration as parsed; times are in milliseconds. */
export type Config = z.infer<typeof configSchema>;

/** One operation as parsed. */
export type Operation = Config['operations'][string];

/** One probe as parsed. */
export type ProbeConfig = Config['probes'][string];
