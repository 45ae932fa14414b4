import { z } from 'zod';
import { positiveDuration } from '../../clients/positive-duration.js';
import { endpointFields } from '../../clients/templated/endpoint.js';
import { holesIn } from '../../clients/templated/fill.js';
import { holeName, holeSchema, holesSchema, mistakeInHoles } from '../../clients/templated/holes.js';
import { holesOfReading, readSchema } from '../../clients/templated/reading.js';
import { holesOf, writeSchema } from '../../clients/templated/request.js';

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

const part = z.strictObject({
  /** What it is called in plans. */
  name: name.default('value'),
  /** Reads the value. */
  read: readSchema,
  /** Writes {value}; {was} is what was read, {version} its version. */
  set: writeSchema,
  /** Writes what was there before, as {value}; the same as `set` unless told. */
  restore: writeSchema.optional(),
});

const service = z
  .strictObject({
    ...endpointFields,
    holes: holesSchema,
    /** What steps may set. */
    value: holeSchema,
    /** Further holes of writes, by what is to be written: its JSON, and what then comes into the hole. */
    words: z.record(holeName, z.record(z.string().max(1_000), z.string().max(1_000))).default({}),
    /** What is read and written, in this order, also on the way back; more than one where setting takes several requests. */
    parts: z
      .array(part)
      .min(1)
      .max(4)
      .refine((parts) => new Set(parts.map((one) => one.name)).size === parts.length, 'each needs a name of its own'),
    /** How long a part may take until it shows what was written. */
    shows: positiveDuration('2s'),
  })
  .superRefine(({ holes, words, parts }, context) => {
    for (const [index, { read, set, restore }] of parts.entries()) {
      const declared = Object.keys(holes);
      const writes = [set, ...(restore === undefined ? [] : [restore])];
      const used = writes.flatMap((write) => [...holesOf(write), ...holesIn(write.answer?.is ?? null)]);
      const version = read.version === undefined ? [] : (['version'] as const);
      const mistake =
        mistakeInHoles(declared, holesOfReading(read), []) ??
        mistakeInHoles([...declared, ...Object.keys(words)], used, ['value', 'was', ...version]);
      if (mistake !== undefined) context.addIssue({ code: 'custom', path: ['parts', index], message: mistake });
    }
  });

/** The part of the plugin's configuration that names feature services with an HTTP interface. */
export const httpFields = {
  http: z
    .strictObject({
      services: z
        .record(name, service)
        .refine((services) => Object.keys(services).length > 0, 'name at least one service'),
    })
    .optional(),
};

const fields = z.strictObject(httpFields);

/** That part as parsed; times are in milliseconds. */
export type HttpFields = z.infer<typeof fields>;

/** What the part says, if it is there. */
export type HttpConfig = NonNullable<HttpFields['http']>;

/** One service as parsed. */
export type ServiceConfig = HttpConfig['services'][string];
