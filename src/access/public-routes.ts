/**
 * The only addresses that answer to whoever asks, with their methods and as registered. What counts is the route that
 * the router found, never the text of the path, so that no odd spelling can pass for one of these.
 */
export const PUBLIC_ROUTES: readonly string[] = [
  'GET /-/healthy',
  'GET /-/ready',
  'GET /metrics',
  'GET /assets/:file',
  // whoever logs in is not known yet: these let nobody in but by what an identity provider or a password proves
  'GET /login',
  'GET /login/oidc',
  'GET /login/oidc/callback',
  'POST /login/local',
  // shown after the logout; reads nothing but a cookie of its own
  'GET /logged-out',
];

/** Tells whether a route answers to whoever asks; HEAD stands wherever GET does. */
export function isPublic(method: string, route: string | undefined): boolean {
  return route !== undefined && PUBLIC_ROUTES.includes(`${method === 'HEAD' ? 'GET' : method} ${route}`);
}
