import { MIN_PASSWORD, hashPassword } from '../access/local/password.js';
import { roleName } from '../access/role-name.js';
import { shortName } from '../catalog/schema-fields.js';
import { EXIT, Stopped, WrongUse, type Out } from './command.js';
import { askHidden, readOnce, type Typed } from './password-prompt.js';
import { needed, readLine } from './read-line.js';
import { settingsText } from './settings-text.js';

/**
 * Asks for a password, twice at a terminal, and prints the entry of `access.local` with its hash.
 *
 * @param args the person's name, and roles
 * @param out takes the lines that a person reads
 */
export async function run(args: readonly string[], out: Out): Promise<number> {
  const line = readLine(args, 1, ['role'], ['role']);
  const name = needed(line.words[0], 'the name of a person');
  const roles = line.all('role');
  for (const [text, schema] of [[name, shortName], ...roles.map((role) => [role, roleName] as const)] as const) {
    const { error } = schema.safeParse(text);
    if (error !== undefined) throw new WrongUse(`"${text}": ${error.issues[0]?.message ?? ''}`);
  }
  const password = await passwordFrom(process.stdin, (text) => process.stderr.write(text));
  out(await localEntry(name, password, roles.length === 0 ? ['admin'] : roles));
  return EXIT.done;
}

/** Gives what goes into firebreak.yaml so that somebody can log in with a password. */
export async function localEntry(name: string, password: string, roles: readonly string[]): Promise<string> {
  return settingsText({ access: { local: [{ name, password: await hashPassword(password), roles }] } });
}

/**
 * Gets a password of sufficient length.
 *
 * @param from a terminal, at which it is typed twice, or what a program hands in
 * @param say shows questions
 * @throws Stopped when it is too short, or was typed differently the second time
 */
export async function passwordFrom(from: Typed, say: (text: string) => void): Promise<string> {
  const isTerminal = from.isTTY === true;
  const typed = isTerminal ? await askHidden(from, ['Password: ', 'Once more: '], say) : [await readOnce(from)];
  const [password = '', again = password] = typed;
  if (password !== again) throw new Stopped('the two are not the same, so nothing was made');
  if (Array.from(password).length < MIN_PASSWORD)
    throw new Stopped(
      `a password has ${MIN_PASSWORD} characters at least: three or four words are easy to keep in mind`,
    );
  return password;
}
