import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { roleName } from '../access/role-name.js';
import { shortName } from '../catalog/schema-fields.js';
import type { Issue } from '../catalog/yaml-position.js';

/** Who may call, known by the SHA-256 of a secret; the secret itself is nowhere. */
export interface Token {
  readonly name: string;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  /** Of Firebreak and of the organisation. */
  readonly roles: readonly string[];
}

const SOURCES = ['alertmanager', 'grafana', 'prometheus'];

/** `tokens` of firebreak.yaml: each with the hash of its secret, or with a file that holds the secret. */
export const tokensSchema = z.array(
  z
    .strictObject({
      name: shortName.refine((name) => !SOURCES.includes(name), {
        error:
          'is the name of a source of alerts: a token of that name could not approve what such an alert has opened',
      }),
      sha256: z
        .string()
        .regex(
          /^[0-9a-f]{64}$/,
          'must be the SHA-256 of the token, 64 hexadecimal digits: printf %s "$TOKEN" | sha256sum',
        )
        .optional(),
      file: z.string().min(1).optional(),
      roles: z.array(roleName).default([]),
    })
    .refine((token) => (token.sha256 === undefined) !== (token.file === undefined), {
      error: 'needs either sha256 or file',
    }),
);

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
  for (const [i, { name, roles, sha256: written, file }] of entries.entries()) {
    const refuse = (key: string, message: string): number =>
      issues.push({ path: ['tokens', i, key], message: `tokens[${i}].${key}: ${message}` });
    const read = written === undefined ? hashOfFile(resolve(cwd, file ?? '')) : { ok: true as const, sha256: written };
    if (!read.ok) refuse('file', read.detail);
    else if (read.sha256 === hashOf('')) refuse('sha256', 'is the hash of nothing');
    else if (tokens.some((token) => token.sha256 === read.sha256))
      refuse('name', `"${name}" has the same secret as another token`);
    else if (tokens.some((token) => token.name === name)) refuse('name', `"${name}" stands above already`);
    else tokens.push({ name, sha256: read.sha256, roles });
  }
  return tokens;
}

function hashOfFile(path: string): { ok: true; sha256: string } | { ok: false; detail: string } {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length < MIN_SECRET)
      return { ok: false, detail: `the secret in it has fewer than ${MIN_SECRET} characters` };
    return { ok: true, sha256: hashOf(secret) };
  } catch {
    return { ok: false, detail: `${path} cannot be read` };
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
