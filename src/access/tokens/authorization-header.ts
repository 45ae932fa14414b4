/** What of a request is looked at. */
export interface WithAuthorization {
  readonly headers: { readonly authorization?: string | undefined };
  /** As they came: Node keeps only the first of several in `headers`. */
  readonly raw: { readonly rawHeaders: readonly string[] };
}

/** The secret that a request carries in its header `Authorization`. */
export type Carried =
  | { readonly is: 'nothing' }
  /** There is one that cannot be understood, or more than one. */
  | { readonly is: 'odd' }
  /** The name is that of HTTP Basic; a bearer has none. */
  | { readonly is: 'secret'; readonly secret: string; readonly name?: string };

const ODD: Carried = { is: 'odd' };

/** Reads the header `Authorization`: `Bearer <secret>`, or `Basic` with a name and the secret. */
export function carriedBy({ headers: { authorization }, raw }: WithAuthorization): Carried {
  if (authorization === undefined) return { is: 'nothing' };
  const many = raw.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === 'authorization').length;
  if (many !== 1) return ODD;
  const [, scheme = '', credential = ''] = /^(Bearer|Basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (credential === '') return ODD;
  return scheme.toLowerCase() === 'bearer' ? { is: 'secret', secret: credential } : readBasic(credential);
}

/** RFC 7617: what stands before the first colon is the name. */
function readBasic(credential: string): Carried {
  const bytes = Buffer.from(credential, 'base64');
  // Buffer takes whatever it can read; what is written otherwise than it would write it is odd
  if (bytes.toString('base64') !== credential) return ODD;
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? ODD : { is: 'secret', name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
