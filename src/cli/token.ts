import type { z } from 'zod';
import { hashOfSecret, newSecret } from '../access/tokens/token-secret.js';
import { checkSchema } from '../catalog/check-schema.js';
import { tokenSchema } from '../config/tokens.js';
import { EXIT, WrongUse, type Out } from './command.js';
import { needed, readLine } from './read-line.js';
import { settingsText } from './settings-text.js';

/**
 * Makes a token: prints its secret, which is kept nowhere, and its entry for firebreak.yaml.
 *
 * @param args `new`, a name, and what the token is for
 * @param out takes the lines that a person reads
 */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 2, ['role', 'runbook', 'target', 'until'], ['role', 'runbook', 'target']);
  const verb = needed(line.words[0], '"new"');
  if (verb !== 'new') throw new WrongUse(`"${verb}" can't be done to tokens; "new" makes one`);
  const name = needed(line.words[1], 'a name for the token');
  const secret = newSecret();
  const entry = checked({
    name,
    ...listed('roles', line.all('role')),
    ...listed('runbooks', line.all('runbook')),
    ...listed('targets', line.all('target')),
    until: line.option('until'),
    sha256: hashOfSecret(secret),
  });
  out(`The secret of the token "${name}". It is shown this once and kept nowhere:`);
  out(`\n  ${secret}\n`);
  out(`Put this into firebreak.yaml and start Firebreak again:\n`);
  out(`${indented(settingsText({ tokens: [entry] }))}\n`);
  out(hintFor(entry));
  return EXIT.done;
}

type Entry = z.input<typeof tokenSchema>;

function listed(key: 'roles' | 'runbooks' | 'targets', globs: readonly string[]): Partial<Entry> {
  return globs.length === 0 ? {} : { [key]: [...globs] };
}

/** What firebreak.yaml would not take is not printed in the first place. */
function checked(written: Omit<Entry, 'until'> & { readonly until: string | undefined }): Entry {
  const { until, ...rest } = written;
  const entry = until === undefined ? rest : { ...rest, until };
  const found = checkSchema(tokenSchema, entry);
  if (!found.ok) throw new WrongUse(found.issues.map(({ message }) => message).join('\n'));
  if (found.data.until !== undefined && found.data.until <= Date.now()) throw new WrongUse('until: is over already');
  return entry;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function hintFor({ name, roles = [] }: Entry): string {
  const none =
    roles.length === 0 ? `It has no role and may do nothing yet: add "roles", such as [source] or [viewer].\n\n` : '';
  return `${none}In place of an older secret, without a gap: let both count for a while, the new one first,

  - name: ${name}
    sha256: [<the new hash>, <the old hash>]

hand the new secret out, and take the old hash out of the list when the metric
firebreak_token_uses_total{token="${name}",secret="2"} stands still. docs/access.md has every step.`;
}
