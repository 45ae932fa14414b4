/** What may stand in a session cookie of Grafana; anything else is not sent on. */
const SESSION = /^[\w%.~+/=-]{1,512}$/;

/** What a request carries of a cookie. */
export type Cookie =
  { readonly is: 'nothing' } | { readonly is: 'one'; readonly value: string } | { readonly is: 'odd' };

/**
 * Finds the session cookie of a request as it was sent. One that came twice counts as none of the two: a page on a neighbour's
 * name can set a second one.
 *
 * @param header `Cookie` of the request
 * @param name of the cookie
 */
export function sessionCookie(header: string | undefined, name: string): Cookie {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const [key = '', ...rest] = pair.split('=');
    return key.trim() === name ? [rest.join('=').trim()] : [];
  });
  const [value, second] = values;
  if (value === undefined) return { is: 'nothing' };
  return second === undefined && SESSION.test(value) ? { is: 'one', value } : { is: 'odd' };
}
