import type { Redis } from 'ioredis';
import { PluginError } from '../../../src/plugin-sdk/index.js';
import { BATCH } from './comparison.js';
import { ask, printsOf } from './redis-print.js';
import { canScript } from './redis-small.js';
import type { Page, Print, Side, Sides } from './sides.js';

/** Two Redis servers as sides of a comparison; all of their databases. A key is its database and its bytes. */
export class RedisSides implements Sides {
  private readonly selected: Record<Side, number> = { here: 0, there: 0 };
  private scripted = false;

  /**
   * @param connections to the two; both begin in database 0
   * @param now by which times to live become times of death, in milliseconds
   */
  constructor(
    private readonly connections: Readonly<Record<Side, Redis>>,
    private readonly now: () => number,
  ) {}

  async lineage(): Promise<string> {
    const { here, there } = this.connections;
    // The cursors of SCAN belong to a running server: another one puts its keys in another order.
    const both = await Promise.all([here.info('server'), there.info('server')]);
    this.scripted = (await Promise.all([canScript(here), canScript(there)])).every((can) => can);
    const runs = both.map((info) => /run_id:(\w+)/.exec(info)?.[1] ?? '');
    return [...runs, this.scripted ? 'scripted' : 'read'].join('/');
  }

  async about(): Promise<number> {
    const sizes = await this.databases('here');
    return sizes.reduce((sum, { keys }) => sum + keys, 0);
  }

  async page(side: Side, after: string | null): Promise<Page> {
    const begin = async () => (await this.databases(side))[0]?.database;
    const [database, cursor] = after === null ? [await begin(), '0'] : partsOf(after);
    if (database === undefined) return { keys: [], next: null };
    await this.select(side, database);
    const [next, found] = await this.connections[side].scanBuffer(cursor, 'COUNT', BATCH);
    const keys = found.map((key) => `${database}.${key.toString('latin1')}`);
    if (String(next) !== '0') return { keys, next: `${database}.${String(next)}` };
    const following = (await this.databases(side)).find((one) => one.database > database);
    return { keys, next: following === undefined ? null : `${following.database}.0` };
  }

  async prints(side: Side, keys: readonly string[]): Promise<(Print | null)[]> {
    return this.inEach(side, keys, (redis, some) => printsOf(redis, some, this.scripted, this.now()));
  }

  async has(side: Side, keys: readonly string[]): Promise<boolean[]> {
    return this.inEach(side, keys, async (redis, some) => {
      // One question for all of them, and only if some are missing, which.
      if ((await redis.exists(...some)) === some.length) return some.map(() => true);
      const answers = await ask(
        redis,
        some.map((key) => ['EXISTS', key]),
      );
      return answers.map((answer) => Number(answer) === 1);
    });
  }

  name(key: string): string {
    const [database, bytes] = partsOf(key);
    const text = Buffer.from(bytes, 'latin1').toString('utf8').slice(0, 64);
    return database === 0 ? text : `${database}: ${text}`;
  }

  /** Asks for keys database by database, and gives the answers in the order of the keys. */
  private async inEach<T>(
    side: Side,
    keys: readonly string[],
    question: (redis: Redis, keys: Buffer[]) => Promise<T[]>,
  ): Promise<T[]> {
    const parts = keys.map(partsOf);
    const answers = new Map<string, T>();
    for (const database of new Set(parts.map(([one]) => one))) {
      await this.select(side, database);
      const some = keys.filter((_, i) => parts[i]?.[0] === database);
      const told = await question(
        this.connections[side],
        some.map((key) => Buffer.from(partsOf(key)[1], 'latin1')),
      );
      some.forEach((key, i) => {
        const answer = told[i];
        if (answer !== undefined) answers.set(key, answer);
      });
    }
    return keys.map((key) => {
      const answer = answers.get(key);
      if (answer === undefined) throw new PluginError('not-understood', 'the server left an answer out');
      return answer;
    });
  }

  private async select(side: Side, database: number): Promise<void> {
    if (this.selected[side] === database) return;
    await this.connections[side].select(database);
    this.selected[side] = database;
  }

  private async databases(side: Side): Promise<{ readonly database: number; readonly keys: number }[]> {
    const info = await this.connections[side].info('keyspace');
    return [...info.matchAll(/^db(\d+):keys=(\d+)/gm)].map(([, database, keys]) => ({
      database: Number(database),
      keys: Number(keys),
    }));
  }
}

function partsOf(text: string): [database: number, rest: string] {
  const dot = text.indexOf('.');
  return [Number(text.slice(0, dot)), text.slice(dot + 1)];
}
