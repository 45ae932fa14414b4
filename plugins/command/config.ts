import { z } from 'zod';
import { timeoutSchema } from '../clients/timeout.js';
import { secret } from '../../src/plugin-sdk/index.js';
import { holeSchema, partOf } from './holes.js';

/** The value of `state`, which `revert` may have as an argument. */
export const BEFORE = 'before';

const argv = z
  .array(z.string().max(4_000))
  .min(1)
  .max(100)
  .refine(
    ([program = '']) => program.startsWith('/') && !program.includes('\0'),
    'begin with the absolute path of a program',
  )
  .refine(([program = '']) => !/[{}]/.test(program), 'the program itself has no holes')
  .refine(
    (all) => all.every((one) => partOf(one) !== undefined),
    'a hole is a whole argument, {name}, or what comes after a flag, --flag={name}',
  );

const command = z
  .strictObject({
    /** One line for lists and approvers. */
    summary: z.string().min(1).max(200),
    /** What may stand in each hole. */
    params: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/), holeSchema).default({}),
    /** Says in its output what `run` would change, and changes nothing. */
    dryRun: argv,
    /** Makes the change. */
    run: argv,
    /** Ends with 0 when the change is in force, with `notInForce` when it is not; anything else is an error. */
    verify: argv,
    /** Ends with 0 when there is something to do, and with `notNeeded` when not; `verify` is asked unless told. */
    check: argv.optional(),
    /** Prints in one line what `run` is going to change, as it is now. */
    state: argv.optional(),
    /** Takes the change back; without it that is not possible. */
    revert: argv.optional(),
    /** The exit code by which `check` says that there is nothing to do. */
    notNeeded: z.int().min(1).max(255).default(100),
    /** The exit code by which `verify` says no. */
    notInForce: z.int().min(1).max(255).default(1),
    idempotency: z.enum(['native-key', 'conditional', 'natural', 'none']).default('none'),
    risk: z.enum(['low', 'medium', 'high']).default('high'),
    /** For each run of a program. */
    timeout: timeoutSchema('30s'),
    /** How much of what a program prints is read, in bytes. */
    output: z.int().min(100).max(1_048_576).default(65_536),
    cwd: z.string().startsWith('/').default('/'),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/), z.string().max(4_000)).default({}),
    /** The same for what nobody may see. */
    secretEnv: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/), secret()).default({}),
  })
  .superRefine((settings, context) => {
    const { params, state } = settings;
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (Object.hasOwn(params, BEFORE)) refuse('params', `${BEFORE} is what state has printed: choose another name`);
    for (const part of ['dryRun', 'run', 'verify', 'check', 'state', 'revert'] as const) {
      const holes = (settings[part] ?? []).flatMap((one) => partOf(one)?.hole ?? []);
      for (const hole of holes) {
        const isBefore = hole === BEFORE && part === 'revert' && state !== undefined;
        if (!isBefore && !Object.hasOwn(params, hole)) refuse(part, `{${hole}} is not among params`);
      }
    }
    const { idempotency } = settings;
    if (idempotency === 'conditional' && state === undefined)
      refuse('idempotency', 'conditional needs state: the change is made only while state is as it was planned from');
  });

/** The plugin's configuration: which commands there are. */
export const configSchema = z.strictObject({
  commands: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), command)
    .refine((all) => Object.keys(all).length > 0, 'name at least one command'),
});

/** One command as configured; `timeout` is in milliseconds. */
export type CommandSettings = z.infer<typeof command>;
