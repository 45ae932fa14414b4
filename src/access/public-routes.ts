/**
 * The only addresses that answer to whoever asks, with their methods and as registered. What counts is the route that
 * the router found, never the text of the path, so that no odd spelling can pass for one of these.
 */
export const PUBLIC_ROUTES: readonly string[] = ['GET /-/healthy', 'GET /-/ready', 'GET /metrics', 'GET /assets/:file'];

/** Tells whether a route answers to whoever asks; HEAD stands wherever GET does. */
export function isPublic(method: string, route: string | undefined): boolean {
  return route !== undefined && PUBLIC_ROUTES.includes(`${method === 'HEAD' ? 'GET' : method} ${route}`);
}
