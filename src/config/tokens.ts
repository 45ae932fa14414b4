import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { roleName } from '../access/role-name.js';
import { hashOfSecret, isDamagedSecret } from '../access/tokens/token-secret.js';
import { shortName } from '../catalog/schema-fields.js';
import type { Issue } from '../catalog/yaml-position.js';
import type { Instant } from '../core/alert.js';

/** Who may call, known by the SHA-256 of a secret; the secret itself is nowhere. */
export interface Token {
  readonly name: string;
  /** Hexadecimal, lower case; two while one secret takes the place of another. */
  readonly sha256: string | readonly string[];
  /** Of Firebreak and of the organisation. */
  readonly roles: readonly string[];
  /** Globs; absent: on every runbook. */
  readonly runbooks?: readonly string[] | undefined;
  /** Globs; absent: on every target. */
  readonly targets?: readonly string[] | undefined;
  /** It counts before this instant only; absent: for ever. */
  readonly until?: Instant | undefined;
}

const SOURCES = ['alertmanager', 'grafana', 'prometheus'];

const hash = z
  .string()
  .regex(
    /^[0-9a-f]{64}$/,
    'must be the SHA-256 of the token, 64 hexadecimal digits: "firebreak token new" prints it, and so does printf %s "$TOKEN" | sha256sum',
  );

/** One, or two while it is rotated. */
function oneOrTwo<T extends z.ZodType<string>>(one: T, what: string) {
  return z.union([one, z.array(one).min(1).max(2)], {
    error: ({ input }) => (input === undefined ? undefined : `must be ${what}, or a list of two`),
  });
}

const globs = z.array(z.string().min(1).max(200)).min(1).optional();

const instant = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2027-01-31T00:00:00Z' })
  .transform((text): Instant => Date.parse(text));

/** One token as firebreak.yaml has it. */
export const tokenSchema = z
  .strictObject({
    name: shortName.refine((name) => !SOURCES.includes(name), {
      error: 'is the name of a source of alerts: a token of that name could not approve what such an alert has opened',
    }),
    sha256: oneOrTwo(hash, 'a hash').optional(),
    file: oneOrTwo(z.string().min(1), 'the name of a file').optional(),
    roles: z.array(roleName).default([]),
    runbooks: globs,
    targets: globs,
    until: instant.optional(),
  })
  .refine((token) => (token.sha256 === undefined) !== (token.file === undefined), {
    error: 'needs either sha256 or file',
  });

/** `tokens` of firebreak.yaml: each with the hash of its secret, or with a file that holds the secret. */
export const tokensSchema = z.array(tokenSchema);

const MIN_SECRET = 16;

/**
 * Gives the tokens with their hashes, reading the secrets that stand in files of their own.
 *
 * @param entries of firebreak.yaml
 * @param cwd what relative paths start from
 * @param issues receives what is wrong
 */
export function readTokens(entries: z.output<typeof tokensSchema>, cwd: string, issues: Issue[]): Token[] {
  const tokens: Token[] = [];
  for (const [i, { sha256: written, file, ...token }] of entries.entries()) {
    const refuse = (key: string, message: string): number =>
      issues.push({ path: ['tokens', i, key], message: `tokens[${i}].${key}: ${message}` });
    const read = file === undefined ? { ok: true as const, hashes: listOf(written ?? []) } : hashesOf(file, cwd);
    if (!read.ok) {
      refuse('file', read.detail);
      continue;
    }
    const { hashes } = read;
    const [first = '', second] = hashes;
    if (hashes.includes(hashOfSecret(''))) refuse('sha256', 'is the hash of nothing');
    else if (first === second) refuse(file === undefined ? 'sha256' : 'file', 'is twice the same secret');
    else if (tokens.some((other) => listOf(other.sha256).some((one) => hashes.includes(one))))
      refuse('name', `"${token.name}" has the same secret as another token`);
    else if (tokens.some(({ name }) => name === token.name)) refuse('name', `"${token.name}" stands above already`);
    else tokens.push({ ...token, sha256: second === undefined ? first : hashes });
  }
  return tokens;
}

/** Gives one or several as several. */
export function listOf(one: string | readonly string[]): readonly string[] {
  return typeof one === 'string' ? [one] : one;
}

type Hashes =
  { readonly ok: true; readonly hashes: readonly string[] } | { readonly ok: false; readonly detail: string };

function hashesOf(files: string | readonly string[], cwd: string): Hashes {
  const hashes: string[] = [];
  for (const file of listOf(files)) {
    const read = hashOfFile(resolve(cwd, file));
    if (!read.ok) return read;
    hashes.push(read.sha256);
  }
  return { ok: true, hashes };
}

function hashOfFile(path: string): { ok: true; sha256: string } | { ok: false; detail: string } {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length < MIN_SECRET)
      return { ok: false, detail: `the secret in it has fewer than ${MIN_SECRET} characters` };
    if (isDamagedSecret(secret))
      return {
        ok: false,
        detail: `the secret in it is not what "firebreak token new" printed: a part is missing or wrong`,
      };
    return { ok: true, sha256: hashOfSecret(secret) };
  } catch {
    return { ok: false, detail: `${path} cannot be read` };
  }
}
