import type { FastifyRequest } from 'fastify';
import { FirebreakError } from '../core/errors.js';
import type { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import type { SeenPeople } from './sessions/last-seen.js';
import type { People } from './people.js';
import { LOCAL } from './person.js';

/** What is known of who sends a request before its body is read. */
export type Known =
  | { readonly is: 'caller'; readonly caller: Caller }
  | { readonly is: 'stranger' }
  | { readonly is: 'in-the-body'; readonly caller: (body: string) => Caller | undefined };

/** Somebody else vouches with every request; whom we let in ourselves is noted at the login. */
const VOUCHED_EACH_TIME: readonly string[] = ['grafana', 'proxy', 'jwt'];

/** Finds out who calls. */
export class Callers {
  /**
   * @param ways in the order in which they are tried: the first for which a request carries something decides
   * @param people who knows what an account may do
   * @param open whether no credential at all is configured, and everybody is the local person
   * @param seen remembers people for whom somebody else vouches with every request; a login is remembered when it is made
   */
  constructor(
    private readonly ways: readonly Authenticator[],
    private readonly people: People,
    private readonly open: boolean,
    private readonly seen: Pick<SeenPeople, 'note'>,
  ) {}

  /**
   * Says who sends a request.
   *
   * @throws FirebreakError when it carries a credential that does not count
   */
  async of(request: FastifyRequest): Promise<Known> {
    if (this.open) return { is: 'caller', caller: { person: LOCAL, via: 'nothing' } };
    for (const way of this.ways) {
      const shown = await way.look(request);
      switch (shown.is) {
        case 'nothing':
          continue;
        case 'refused':
          throw shown.error;
        case 'in-the-body':
          return shown;
        case 'somebody': {
          const { identity, via, csrf } = shown;
          const person = this.people.of(identity);
          if (VOUCHED_EACH_TIME.includes(via)) await this.seen.note(person.name, identity);
          return {
            is: 'caller',
            caller: { person, via, groups: identity.groups, ...(csrf === undefined ? {} : { csrf }) },
          };
        }
      }
    }
    return { is: 'stranger' };
  }
}

/** The answer to whoever shows nothing that counts; it does not say what was wrong with it. */
export function unknownCaller(): FirebreakError {
  return new FirebreakError('unauthenticated', 'this needs a login or a token that Firebreak knows');
}
