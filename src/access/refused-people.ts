import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '../telemetry/logger.js';
import { callerOf, whence } from './caller.js';

/** So many refusals of one person are told within a minute; beyond that they are only counted. */
export const TOLD_PER_MINUTE = 10;

const MINUTE_MS = 60_000;

/** Nobody can make us remember more people than this within a minute. */
const MOST_PEOPLE = 1_000;

const details = new WeakMap<FastifyRequest, string>();

/** Notes what a refused request lacked, for the log. */
export function noteRefusal(request: FastifyRequest, detail: string): void {
  details.set(request, detail);
}

/** Says which refusals of known people are worth a line in the log: not all of somebody who tries again and again. */
export class RefusedPeople {
  private readonly told = new Map<string, number>();
  private since = -MINUTE_MS;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Gives who was refused what, for the log; nothing for a stranger, or when enough was told. */
  toTell(request: FastifyRequest): object | undefined {
    const caller = callerOf(request);
    if (caller === undefined || !this.isFew(caller.person.name)) return undefined;
    const [path = ''] = request.url.split('?');
    const who = { person: caller.person.name, from: whence(request) };
    const detail = details.get(request);
    return { ...who, method: request.method, path: path.slice(0, 200), ...(detail === undefined ? {} : { detail }) };
  }

  private isFew(name: string): boolean {
    const now = this.now();
    if (now - this.since >= MINUTE_MS) {
      this.told.clear();
      this.since = now;
    }
    const before = this.told.get(name);
    if (before === undefined && this.told.size >= MOST_PEOPLE) return false;
    this.told.set(name, (before ?? 0) + 1);
    return (before ?? 0) < TOLD_PER_MINUTE;
  }
}

/** Writes a line about each person who was refused something, whichever handler has said so; also on a page. */
export function tellOfRefusals(fastify: FastifyInstance, log: Log): void {
  const refused = new RefusedPeople();
  fastify.addHook('onResponse', async (request, reply) => {
    const told = reply.statusCode === 403 ? refused.toTell(request) : undefined;
    if (told !== undefined) log.info({ requestId: request.id, ...told }, 'a person was refused');
  });
}
