import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openLedger, tick, type Ledger, type Look } from './ledger.js';

/**
 * Somebody inside one centre, whom no cut of the network reaches: writes to this centre's database by itself all the time,
 * and looks every few milliseconds whether the database would take a write. This is what shows a split brain.
 * `node dist/test/rig/drill/insider.js --center a --database postgres://... --watch postgres://... --writes FILE --looks FILE`
 */
const { values } = parseArgs({
  options: {
    center: { type: 'string', default: 'a' },
    database: { type: 'string', default: '' },
    watch: { type: 'string', default: '' },
    name: { type: 'string', default: 'orders' },
    writes: { type: 'string', default: '' },
    looks: { type: 'string', default: '' },
  },
});
const { center } = values;

/** A connection that is made anew after each failure. */
class Line {
  private client: pg.Client | undefined;

  constructor(
    private readonly url: string,
    private readonly timeoutMs?: number,
  ) {}

  async ask(sql: string, parameters: readonly string[]): Promise<readonly unknown[]> {
    this.client ??= await this.connect();
    try {
      return (await this.client.query<Record<string, unknown>>(sql, [...parameters])).rows;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: 500,
      ...(this.timeoutMs === undefined ? {} : { query_timeout: this.timeoutMs }),
    });
    client.on('error', () => this.drop());
    // A commit that only this node knows of is no commit.
    client.on('notice', () => client.connection.stream.destroy());
    await client.connect();
    return client;
  }

  private drop(): void {
    const gone = this.client;
    this.client = undefined;
    gone?.end().catch(() => undefined);
  }
}

/** So many writes may hang at the same time, each on a connection of its own, before no more are tried. */
const MOST_HANGING = 20;
const PATIENCE_MS = 1_000;

/**
 * Writes all the time. A write that hangs is given up after a second, but its connection stays: should it be acknowledged
 * later after all, that is written down too, because somebody might have waited for it.
 */
async function write(ledger: Ledger): Promise<never> {
  let line = new Line(values.database);
  let hanging = 0;
  for (let number = 1; ; number++) {
    const id = `inside-${center}-${process.pid}-${number}`;
    const sentAt = Date.now();
    const enter = (acknowledged: boolean): void =>
      ledger.add({ id, by: 'local', center, sentAt, doneAt: Date.now(), acknowledged, committed: tick() });
    const writing = line.ask('INSERT INTO orders (id, center) VALUES ($1, $2)', [id, center]).then(
      () => true,
      () => false,
    );
    const answer = await Promise.race([writing, pause(PATIENCE_MS, 'hangs' as const)]);
    enter(answer === true);
    if (answer === 'hangs') {
      hanging++;
      line = new Line(values.database);
      void writing.then((acknowledged) => {
        hanging--;
        if (acknowledged) enter(true);
      });
    }
    await pause(hanging >= MOST_HANGING ? PATIENCE_MS : answer === true ? 20 : 50);
  }
}

async function watch(ledger: Ledger): Promise<never> {
  const line = new Line(values.watch, 500);
  for (;;) {
    const state = await look(line);
    ledger.add({ at: tick(), center, state });
    await pause(state === 'down' ? 50 : 20);
  }
}

const QUESTION = `SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' WHEN datallowconn THEN 'accepts' ELSE 'fenced' END AS state
  FROM pg_database WHERE datname = $1`;

async function look(line: Line): Promise<Look['state']> {
  try {
    const text = JSON.stringify(await line.ask(QUESTION, [values.name]));
    return (['standby', 'accepts', 'fenced'] as const).find((state) => text.includes(state)) ?? 'down';
  } catch {
    return 'down';
  }
}

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
await Promise.all([write(openLedger(values.writes)), watch(openLedger(values.looks))]);
