import { NO_ACCESS, type AccessSettings } from '../../src/config/access.js';
import { Visitor, type Visited } from '../rig/visitor.js';
import { freePort } from '../rig/processes.js';
import { startApi, type ApiApp, type ApiAppOptions } from './api-app.js';

/** The password of the local account `night`. */
export const NIGHT_PASSWORD = 'correct horse battery staple';

// the cheapest that counts: what people get takes six times as long, on purpose
const NIGHT_HASH = 'scrypt$ln=14$r=8$p=1$F1L8_dQI2CsKArM4M3eImw$jiChvdYUfyG2szWxgMdlZFvI5iDxgo1Vw2JeJw8tALI';

/** Settings of a local account with this password. */
export const NIGHT: AccessSettings['local'][number] = { name: 'night', password: NIGHT_HASH, roles: ['admin'] };

/** A service that people can log in to, on a port of its own. */
export interface LoginApp {
  readonly api: ApiApp;
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts it.
 *
 * @param access gives `access` of firebreak.yaml, once the address of the service is known
 */
export async function startLogin(
  access: (publicUrl: string) => Promise<Partial<AccessSettings>> | Partial<AccessSettings>,
  options: ApiAppOptions = {},
): Promise<LoginApp> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const api = await startApi({ ...options, publicUrl: origin, access: { ...NO_ACCESS, ...(await access(origin)) } });
  await api.nest.listen(port, '127.0.0.1');
  return { api, origin, close: () => api.close() };
}

/** Goes from the service to the real identity provider, says who one is there, and comes back. */
export async function logInAs(visitor: Visitor, origin: string, subject: string, next = '/'): Promise<Visited> {
  let visited = await visitor.get(`${origin}/login/oidc?next=${encodeURIComponent(next)}`);
  for (let hops = 0; visited.location !== undefined && !visited.location.includes('/interaction/') && hops < 5; hops++)
    visited = await visitor.get(visited.location);
  const asking = visited.location ?? visited.url;
  if (!asking.includes('/interaction/')) return visited;
  visited = await visitor.post(asking, subject === '' ? { no: '1' } : { login: subject });
  for (let hops = 0; visited.location !== undefined && hops < 8; hops++) {
    visited = await visitor.get(visited.location);
    if (visited.url.startsWith(origin)) return visited;
  }
  return visited;
}

/** What the audit says, oldest first. */
export async function auditFacts({ store }: Pick<ApiApp, 'store'>): Promise<readonly unknown[]> {
  return (await store.audit(0, 1_000)).map(({ text }): unknown => JSON.parse(text));
}
