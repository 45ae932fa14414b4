import { PluginError } from '../../src/plugin-sdk/index.js';
import { exchange } from './haproxy-exchange.js';
import { parseServers, type AdminState, type HaproxyServer } from './haproxy-server.js';

/** Names that can be put into a command as they are: no white space, `;`, `/`, `#`, `*`, quotes or backslashes. */
export const HAPROXY_NAME = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Asks and tells one HAProxy through its runtime API, one connection per command. */
export class HaproxyRuntime {
  /**
   * @param endpoint `host:port` or the path of a unix socket
   * @param timeoutMs for each command, in milliseconds
   */
  constructor(
    readonly endpoint: string,
    private readonly timeoutMs: number,
  ) {}

  /** Gives the servers of a backend as they are. Repeatable; throws PluginError. */
  async servers(backend: string, signal: AbortSignal): Promise<readonly HaproxyServer[]> {
    const answer = await this.send(`show servers state ${named(backend)}`, signal);
    return answer.startsWith('1\n') ? parseServers(answer) : this.refused(answer);
  }

  /** Sets the administrative state of a server. Repeatable; throws PluginError. */
  async setState(backend: string, server: string, state: AdminState, signal: AbortSignal): Promise<void> {
    await this.write(`set server ${named(backend)}/${named(server)} state ${state}`, signal);
  }

  /** Sets the weight of a server, 0 to 256. Repeatable; throws PluginError. */
  async setWeight(backend: string, server: string, weight: number, signal: AbortSignal): Promise<void> {
    if (!Number.isInteger(weight) || weight < 0 || weight > 256)
      throw new PluginError('bad-weight', `${weight} is no weight`, false);
    await this.write(`set server ${named(backend)}/${named(server)} weight ${weight}`, signal);
  }

  private async write(command: string, signal: AbortSignal): Promise<void> {
    const answer = await this.send(command, signal);
    // A write that was taken is answered with an empty line.
    if (answer.trim() !== '') this.refused(answer);
  }

  private send(command: string, signal: AbortSignal): Promise<string> {
    return exchange(this.endpoint, command, this.timeoutMs, signal);
  }

  private refused(answer: string): never {
    const said = answer.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
    const advice = said === 'Permission denied' ? ' (its socket needs "level admin")' : '';
    const unknown = /^(No such|Can't find) (backend|server)/i.test(said);
    throw new PluginError(
      unknown ? 'unknown-name' : 'refused-by-target',
      `HAProxy at ${this.endpoint} answered: ${said}${advice}`,
      false,
    );
  }
}

/** Labels of alerts may reach these names (S5, S6), so the schema's check is made once more where the command is built. */
function named(name: string): string {
  if (HAPROXY_NAME.test(name)) return name;
  throw new PluginError(
    'bad-name',
    `${JSON.stringify(name.slice(0, 60))} can't be the name of a backend or server`,
    false,
  );
}
