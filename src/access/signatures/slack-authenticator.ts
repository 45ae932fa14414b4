import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SlackSettings } from '../../config/access/slack.js';
import type { Instant } from '../../core/alert.js';
import type { Authenticator, Shown } from '../authenticator.js';
import type { Caller } from '../caller.js';
import { unknownCaller } from '../callers.js';
import type { Identity } from '../identity.js';
import type { People } from '../people.js';
import type { Signed } from './signature-authenticator.js';

/** The only route on which Slack's signature counts; it is no address of the API, because Slack sends forms. */
export const SLACK_ROUTE = '/slack/interactions';

/** How far Slack's timestamp may be from the time of this service, before and behind. */
export const SLACK_WINDOW_MS = 300_000;

const pressed = z.looseObject({
  user: z.looseObject({ id: z.string().regex(/^[A-Z0-9]{2,30}$/) }),
  team: z.looseObject({ id: z.string().regex(/^[A-Z0-9]{2,30}$/) }),
});

/**
 * Knows who pressed a button in Slack, by Slack's signature of the request: `v0=` and the HMAC-SHA256 of
 * `v0:<timestamp>:<body>` (Slack, "Verifying requests from Slack"). A Slack account has no rights of its own: what it may do
 * is what the person may whom `access.people` links to it.
 */
export class SlackAuthenticator implements Authenticator {
  /**
   * @param settings undefined when nothing of Slack counts
   * @param people knows whose account it is
   * @param now the time by which a timestamp is fresh
   */
  constructor(
    private readonly settings: Pick<SlackSettings, 'signingSecret'> | undefined,
    private readonly people: Pick<People, 'of'>,
    private readonly now: () => Instant,
  ) {}

  /** Looks at the headers only: what is wrong with them spares reading the body. */
  look({ method, routeOptions, headers }: Signed): Shown {
    if (this.settings === undefined || method !== 'POST' || routeOptions.url !== SLACK_ROUTE) return { is: 'nothing' };
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': stamp } = headers;
    const refused: Shown = { is: 'refused', error: unknownCaller() };
    // one credential and no more: which of two would count?
    if (headers['authorization'] !== undefined || headers['cookie'] !== undefined) return refused;
    if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature)) return refused;
    if (typeof stamp !== 'string' || !/^[1-9]\d{0,11}$/.test(stamp)) return refused;
    if (Math.abs(Number(stamp) * 1_000 - this.now()) > SLACK_WINDOW_MS) return refused;
    const { signingSecret } = this.settings;
    return {
      is: 'in-the-body',
      caller: (body) => {
        const right = createHmac('sha256', signingSecret).update(`v0:${stamp}:`).update(body).digest();
        return timingSafeEqual(right, Buffer.from(signature.slice(3), 'hex')) ? this.callerIn(body) : undefined;
      },
    };
  }

  private callerIn(body: string): Caller | undefined {
    const identity = identityIn(new URLSearchParams(body).get('payload') ?? '');
    return identity === undefined ? undefined : { person: this.people.of(identity), via: 'slack' };
  }
}

function identityIn(payload: string): Identity | undefined {
  try {
    const { user, team } = pressed.parse(JSON.parse(payload));
    const account = `slack:${team.id}/${user.id}`;
    return { account, name: account, groups: [], grants: [] };
  } catch {
    return undefined;
  }
}
