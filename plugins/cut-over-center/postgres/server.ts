import { Socket } from 'node:net';
import pg from 'pg';
import type { NodeConfig } from './config.js';
import { asPluginError } from './server-errors.js';

/** What one question may carry. */
export type Value = string | number | boolean | null | readonly string[];

/** An open connection to the maintenance database. */
export interface Session {
  /** Asks one question and gives its rows. */
  rows<Row extends pg.QueryResultRow>(sql: string, values?: readonly Value[]): Promise<Row[]>;
}

/** What may differ from one visit to another. */
export interface How {
  readonly database?: string;
  readonly connectMs?: number;
}

/** One PostgreSQL server, by the id of its centre; each visit has a connection of its own, so that none goes stale. */
export class Server {
  /**
   * @param name the centre's id
   * @param node where it is, and who Firebreak is there
   * @param timeoutMs for connecting, and for each question
   */
  constructor(
    readonly name: string,
    private readonly node: NodeConfig,
    private readonly timeoutMs: number,
  ) {}

  /** Program and arguments that make it a replica, if the configuration has them. */
  get rejoin(): readonly string[] | undefined {
    return this.node.rejoin;
  }

  /**
   * Connects, does something and disconnects.
   *
   * @param signal ends it at once
   * @param how another database than the maintenance database, or less patience for connecting (in milliseconds)
   * @throws PluginError `target-unreachable` when there is no server or no answer; any other code says that there is one
   */
  async visit<T>(signal: AbortSignal, what: (session: Session) => Promise<T>, how: How = {}): Promise<T> {
    signal.throwIfAborted();
    const { client, socket } = this.clientFor(how);
    const abort = () => void socket()?.destroy(new Error('aborted'));
    let sound = true;
    signal.addEventListener('abort', abort);
    const guarded = async <R>(step: () => Promise<R>): Promise<R> => {
      try {
        return await step();
      } catch (error) {
        sound = false;
        signal.throwIfAborted();
        throw asPluginError(error, this.name);
      }
    };
    try {
      await guarded(() => client.connect());
      // Firebreak's own commits never wait for a standby: closing a primary whose standby is gone must not hang.
      await guarded(() => client.query('SET synchronous_commit = local'));
      return await what({
        rows: <Row extends pg.QueryResultRow>(sql: string, values: readonly Value[] = []) =>
          guarded(async () => (await client.query<Row>(sql, [...values])).rows),
      });
    } finally {
      signal.removeEventListener('abort', abort);
      // A server that no longer answers would keep the connection open for minutes.
      if (sound) client.end().catch(() => {});
      else socket()?.destroy();
    }
  }

  private clientFor(how: How): { client: pg.Client; socket: () => Socket | undefined } {
    try {
      return this.client(how.database ?? 'postgres', how.connectMs ?? this.timeoutMs);
    } catch (error) {
      throw asPluginError(error, this.name);
    }
  }

  private client(database: string, connectMs: number): { client: pg.Client; socket: () => Socket | undefined } {
    let opened: Socket | undefined;
    const where =
      'url' in this.node
        ? { connectionString: withDatabase(this.node.url, database) }
        : {
            host: this.node.host,
            port: this.node.port,
            user: this.node.user,
            ...(this.node.password === undefined ? {} : { password: this.node.password }),
            database,
          };
    const client = new pg.Client({
      ...where,
      stream: () => (opened = new Socket()),
      connectionTimeoutMillis: connectMs,
      query_timeout: this.timeoutMs,
      statement_timeout: this.timeoutMs,
      application_name: 'firebreak',
      // Nobody's functions or tables stand in for the system's; and a default of the role does not keep Firebreak out.
      options: '-c search_path=pg_catalog -c default_transaction_read_only=off',
    });
    client.on('error', () => {}); // the question that is open fails as well
    return { client, socket: () => opened };
  }
}

function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(database)}`;
  return address.href;
}
