import { createHash } from 'node:crypto';
import { PluginError } from '../../src/plugin-sdk/index.js';
import { Dialog, type DialogServer } from './dialog.js';
import { oneLine } from './one-line.js';

/** Where the management port of a Varnish is (`-T`), and what it wants to know (`-S`). */
export interface VarnishServer extends DialogServer {
  /** What the file given with `-S` holds; the line end at its end may be left out. */
  readonly secret: string;
}

/** One condition of a ban: what of an object or request, and what it must be like. */
export interface BanCondition {
  /** For example `obj.http.x-tag`. */
  readonly field: string;
  readonly operator: '==' | '~';
  readonly argument: string;
}

/** A ban that Varnish still has objects to test with. */
export interface VarnishBan {
  /** When it was made, in seconds since the epoch with six digits behind the point; the same for no two bans. */
  readonly at: string;
  /** As `spell` writes it. */
  readonly text: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const HEADER = /^(\d{3}) (\d{1,8}) *$/;
const HEADER_LENGTH = 13;
const [OK, AUTHENTICATE, NOT_RUNNING, CLOSING] = [200, 107, 101, 500];
const MAX_TEXT = 1024 * 1024;
const FIELD = /^(?:obj|req)\.[a-z][a-z0-9.-]{0,100}$/;

/** Speaks with the management port of one Varnish. It bans, and looks at the bans; nothing else. */
export class VarnishSession {
  private constructor(
    private readonly server: VarnishServer,
    private readonly dialog: Dialog,
  ) {}

  /**
   * Opens a connection for some commands, and closes it afterwards.
   *
   * @param signal breaks off what is under way
   * @param use gets the session; it must not keep it
   * @throws PluginError when the server can't be reached, is slow, refuses, or answers something odd
   */
  static async during<T>(
    server: VarnishServer,
    signal: AbortSignal,
    use: (session: VarnishSession) => Promise<T>,
  ): Promise<T> {
    const dialog = Dialog.open(server, signal);
    try {
      const session = new VarnishSession(server, dialog);
      await session.logIn();
      return await use(session);
    } finally {
      dialog.close();
    }
  }

  /** Gives the bans that there are, the newest first. */
  async bans(): Promise<VarnishBan[]> {
    const lines = (await this.tell('ban.list')).split('\n').slice(1);
    return lines.flatMap((line) => {
      const [, at, text = ''] = /^ *(\d+\.\d+) +\d+ +\S+ *(.*?) *$/.exec(line) ?? [];
      return at === undefined ? [] : [{ at, text }];
    });
  }

  /** Evicts every object that is there now and fulfils all conditions; it goes when it is asked for, or a little later. */
  async ban(conditions: readonly BanCondition[]): Promise<void> {
    const words = conditions.map(
      ({ field, operator, argument }) => `${checked(field)} ${operator} ${quoted(argument)}`,
    );
    await this.tell(`ban ${words.join(' && ')}`);
  }

  private async logIn(): Promise<void> {
    const { dialog, server } = this;
    const greeting = await dialog.ask('', (bytes) => readAnswer(server.name, bytes));
    if (greeting.status === OK) return;
    const [challenge = ''] = greeting.text.split('\n', 1);
    if (greeting.status !== AUTHENTICATE || !/^[a-z]{32}$/.test(challenge)) throw this.refusal(greeting);
    const secret = server.secret.endsWith('\n') ? server.secret : `${server.secret}\n`;
    const proof = createHash('sha256').update(`${challenge}\n${secret}${challenge}\n`).digest('hex');
    const answer = await dialog.ask(`auth ${proof}\n`, (bytes) => readAnswer(server.name, bytes));
    if (answer.status === OK) return;
    if (answer.status !== CLOSING && answer.status !== AUTHENTICATE) throw this.refusal(answer);
    const advice = 'configure what the file given to varnishd with -S holds';
    throw new PluginError('refused-by-target', `${server.name} refuses the secret: ${advice}`, false);
  }

  private async tell(command: string): Promise<string> {
    const answer = await this.dialog.ask(`${command}\n`, (bytes) => readAnswer(this.server.name, bytes));
    if (answer.status === OK) return answer.text;
    throw this.refusal(answer);
  }

  private refusal({ status, text }: Answer): PluginError {
    const said = oneLine(text, 200);
    if (status === NOT_RUNNING && text.includes('child not running'))
      return new PluginError('target-failed', `${this.server.name} caches nothing now: its child does not run`);
    return new PluginError('refused-by-target', `${this.server.name} answered ${status}: ${said}`, false);
  }
}

/** Writes conditions the way Varnish lists a ban. */
export function spell(conditions: readonly BanCondition[]): string {
  return conditions.map(({ field, operator, argument }) => `${field} ${operator} ${argument}`).join(' && ');
}

/** Reads an answer: a line with its status and length, the text, and a line end. */
function readAnswer(name: string, bytes: Buffer): Answer | undefined {
  const odd = () =>
    new PluginError(
      'not-understood',
      `${name} answered something that is no Varnish's answer: is it its -T port?`,
      false,
    );
  if (bytes.length < HEADER_LENGTH) return undefined;
  const [, status, digits] = HEADER.exec(bytes.toString('latin1', 0, HEADER_LENGTH - 1)) ?? [];
  const length = Number(digits);
  if (status === undefined || !(length <= MAX_TEXT)) throw odd();
  const end = HEADER_LENGTH + length;
  if (bytes.length < end + 1) return undefined;
  return { status: Number(status), text: bytes.toString('utf8', HEADER_LENGTH, end) };
}

function checked(field: string): string {
  if (FIELD.test(field)) return field;
  throw new PluginError('bad-name', `${JSON.stringify(field.slice(0, 60))} is nothing that a ban can look at`, false);
}

/** Labels of alerts may reach arguments (S5, S6), so the schema's check is made once more where the command is built. */
function quoted(argument: string): string {
  if (/^[\x21-\x7e]{1,2048}$/.test(argument)) return `"${argument.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
  throw new PluginError('bad-value', `${JSON.stringify(argument.slice(0, 60))} can't stand in a ban`, false);
}
