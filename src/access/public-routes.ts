/**
 * The only addresses that answer without a token, as registered. What counts is the route that the router found, never
 * the text of the path, so that no odd spelling can pass for one of these.
 */
export const PUBLIC_ROUTES: readonly string[] = ['/-/healthy', '/-/ready', '/metrics'];

/** Tells whether a route answers without a token; those that do can only be read. */
export function isPublic(method: string, route: string | undefined): boolean {
  return (method === 'GET' || method === 'HEAD') && route !== undefined && PUBLIC_ROUTES.includes(route);
}
