import { z } from 'zod';
import type { GrafanaSettings } from '../../config/access/grafana.js';
import { askVoucher, type VoucherAnswer } from '../voucher-answer.js';

/** Somebody who is logged in to Grafana, as Grafana describes them. */
export interface GrafanaUser {
  readonly login: string;
  /** Empty when there is none. */
  readonly email: string;
  /** In the configured organisation: `Viewer`, `Editor`, `Admin` or one that Firebreak does not know; absent for strangers there. */
  readonly role?: string;
}

/** What Grafana says of a session. */
export type GrafanaSays =
  | { readonly is: 'user'; readonly user: GrafanaUser }
  /** It does not know the session, or wants to give the browser a new one first. */
  | { readonly is: 'refused' }
  | { readonly is: 'away'; readonly because: string };

const line = z.string().regex(/^\P{C}*$/u);
const userSchema = z.object({
  login: line.min(1).max(190),
  email: line.max(320).default(''),
  isDisabled: z.boolean().default(false),
});
const organizationsSchema = z.array(z.object({ orgId: z.int(), role: line.max(60) })).max(10_000);

/** Asks Grafana's API whose a session is, with nothing but the session's own cookie. */
export class GrafanaApi {
  constructor(private readonly settings: Pick<GrafanaSettings, 'url' | 'cookie' | 'organization' | 'timeout'>) {}

  /**
   * Asks whose a session is.
   *
   * @param session value of the cookie, as the browser sent it
   */
  async whose(session: string): Promise<GrafanaSays> {
    const signal = AbortSignal.timeout(this.settings.timeout);
    const ask = <T>(path: string, schema: z.ZodType<T>): Promise<Read<T>> => this.read(path, session, schema, signal);
    const user = await ask('/api/user', userSchema);
    if (user.is !== 'read') return user;
    const organizations = await ask('/api/user/orgs', organizationsSchema);
    if (organizations.is !== 'read') return organizations;
    const { login, email, isDisabled } = user.value;
    if (isDisabled) return { is: 'refused' };
    const own = organizations.value.find(({ orgId }) => orgId === this.settings.organization);
    return { is: 'user', user: { login, email, ...(own === undefined ? {} : { role: own.role }) } };
  }

  private async read<T>(path: string, session: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Read<T>> {
    const { url, cookie } = this.settings;
    const answer = await askVoucher(`${url}${path}`, { cookie: `${cookie}=${session}` }, signal);
    if (answer.ok && (answer.status === 401 || answer.status === 403)) return { is: 'refused' };
    const parsed = schema.safeParse(jsonOf(answer));
    if (parsed.success) return { is: 'read', value: parsed.data };
    return { is: 'away', because: whyNot(answer) };
  }
}

type Read<T> = { readonly is: 'read'; readonly value: T } | Exclude<GrafanaSays, { is: 'user' }>;

function jsonOf(answer: VoucherAnswer): unknown {
  if (!answer.ok || answer.status !== 200) return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

function whyNot(answer: VoucherAnswer): string {
  if (!answer.ok) return answer.because;
  return answer.status === 200 ? 'answered with something that is not its API' : `answered with HTTP ${answer.status}`;
}
