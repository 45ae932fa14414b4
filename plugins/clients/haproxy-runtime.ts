import { PluginError } from '../../src/plugin-sdk/index.js';
import { exchange } from './haproxy-exchange.js';
import { entriesOf, HAPROXY_FILE } from './haproxy-map.js';
import { limitsIn, type HaproxyPlace } from './haproxy-limits.js';
import { parseServers, parseSessions, type AdminState, type HaproxyServer } from './haproxy-server.js';

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

  /** Gives how many sessions a server has now: requests under way, or connections in mode tcp. Repeatable; throws PluginError. */
  async sessions(backend: string, server: string, signal: AbortSignal): Promise<number> {
    const answer = await this.send(`show stat ${named(backend)} 4 -1`, signal);
    const sessions = parseSessions(answer) ?? this.refused(answer);
    return sessions.get(server) ?? this.refused(`No such server: ${server}`);
  }

  /** Closes all sessions of a server at once. Repeatable; throws PluginError. */
  async closeSessions(backend: string, server: string, signal: AbortSignal): Promise<void> {
    await this.write(`shutdown sessions server ${named(backend)}/${named(server)}`, signal);
  }

  /** Gives its version as it names itself, such as `2.6.12-1+deb12u4`. Repeatable; throws PluginError. */
  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.send('show info', signal);
    return /^Version: ?(\S{1,100})$/m.exec(answer)?.[1] ?? this.refused(answer);
  }

  /** Gives how many connections a frontend or server takes at once, null for a server without a limit. Repeatable; throws PluginError. */
  async maxconn(place: HaproxyPlace, signal: AbortSignal): Promise<number | null> {
    const [proxy, type, row] = 'frontend' in place ? [place.frontend, 1, 'FRONTEND'] : [place.backend, 4, place.server];
    const answer = await this.send(`show stat ${named(proxy)} ${type} -1`, signal);
    const limits = limitsIn(answer) ?? this.refused(answer);
    const found = limits.get(row);
    return found === undefined ? this.refused(`No such ${type === 1 ? 'frontend' : 'server'}.`) : found;
  }

  /**
   * Sets how many connections a frontend or server takes at once. Repeatable; throws PluginError.
   *
   * @param most 1 to 2147483647, because HAProxy makes some other number of any other; null takes a server's limit away
   */
  async setMaxconn(place: HaproxyPlace, most: number | null, signal: AbortSignal): Promise<void> {
    const isLimit = most === null ? 'server' in place : Number.isInteger(most) && most >= 1 && most <= 2_147_483_647;
    if (!isLimit) throw new PluginError('bad-limit', `${most} is no number of connections`, false);
    const what =
      'frontend' in place
        ? `frontend ${named(place.frontend)}`
        : `server ${named(place.backend)}/${named(place.server)}`;
    await this.write(`set maxconn ${what} ${most ?? 0}`, signal);
  }

  /**
   * Gives the value of a key in a map, null when the key is not there. Repeatable; throws PluginError, `ambiguous-key`
   * when the key is there several times.
   *
   * @param map path of its file, as HAProxy's configuration writes it
   */
  async entry(map: string, key: string, signal: AbortSignal): Promise<string | null> {
    const wanted = named(key);
    const answer = await this.send(`show map ${filed(map)}`, signal);
    const values = entriesOf(answer, wanted) ?? this.refused(answer);
    if (values.length > 1) {
      const detail = `${key} is ${values.length} times in ${map} at ${this.endpoint} (${values.join(', ').slice(0, 200)}): leave one`;
      throw new PluginError('ambiguous-key', detail, false);
    }
    return values[0] ?? null;
  }

  /**
   * Brings the value of a key in a map from one to another; null stands for a key that is not there. Throws PluginError.
   *
   * @param from what was just seen there
   */
  async setEntry(map: string, key: string, from: string | null, to: string | null, signal: AbortSignal): Promise<void> {
    const verb = to === null ? 'del' : from === null ? 'add' : 'set';
    await this.write(`${verb} map ${filed(map)} ${named(key)}${to === null ? '' : ` ${named(to)}`}`, signal);
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
    const unknown = /^((No such|Can't find) (backend|frontend|server|proxy)|Unknown map)/i.test(said);
    const gone = /^(entry|key) not found/i.test(said);
    throw new PluginError(
      unknown ? 'unknown-name' : gone ? 'changed-meanwhile' : 'refused-by-target',
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
    `${JSON.stringify(name.slice(0, 60))} can't be the name of a backend or server, nor a key or value of a map`,
    false,
  );
}

function filed(path: string): string {
  if (HAPROXY_FILE.test(path)) return path;
  throw new PluginError('bad-name', `${JSON.stringify(path.slice(0, 60))} can't be the path of a map`, false);
}
