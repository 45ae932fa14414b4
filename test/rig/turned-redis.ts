import { Redis } from 'ioredis';

/** A connection whose scripts read a clock that the test turns, in place of Redis' own. */
export interface TurnedRedis {
  readonly redis: Redis;
  /** Sets the clock of all stores whose keys begin with this. */
  turn(prefix: string, now: number): Promise<void>;
}

const ASKED = "redis.call('TIME')";
const CLOCK = 'clock-of-the-test';
/** Gives what TIME gives: seconds and microseconds, as text. */
const TURNED = `
local function turnedTime()
  local ms = tonumber(redis.call('GET', KEYS[1] .. '${CLOCK}'))
  return { string.format('%.0f', math.floor(ms / 1000)), string.format('%.0f', (ms % 1000) * 1000) }
end
`;

/**
 * Connects to a real Redis. What the store's scripts decide by their clock then happens when the test says so; keys expire
 * by Redis' own clock, so that what stays until then must do no harm.
 *
 * @param url of the server
 * @param change further changes to each script, such as smaller bounds
 */
export function turnedRedis(url: string, change: (lua: string) => string = (lua) => lua): TurnedRedis {
  const redis = new Redis(url);
  const define = redis.defineCommand.bind(redis);
  redis.defineCommand = (name, definition) =>
    define(name, { ...definition, lua: TURNED + change(definition.lua.replaceAll(ASKED, 'turnedTime()')) });
  return {
    redis,
    turn: async (prefix, now) => {
      await redis.set(prefix + CLOCK, now);
    },
  };
}
