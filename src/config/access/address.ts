import { z } from 'zod';

/** An http(s) address without anything that only some requests to it need. */
function plainUrl(protocol: RegExp) {
  return z.url({ protocol }).refine((text) => {
    const url = URL.parse(text);
    return url !== null && [url.username, url.password, url.search, url.hash].every((part) => part === '');
  }, 'must carry neither a user name nor a password, and end without ? and #');
}

/** Where a service is reached, without a slash at the end. */
export const baseUrl = plainUrl(/^https?$/).transform((url) => url.replace(/\/+$/, ''));

/** Where keys are fetched from: whoever can change them on the way can be anybody. */
export const keysUrl = plainUrl(/^https?$/).refine((text) => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '');
}, 'must be https, unless it is on this machine');

/** An origin as browsers write it. */
export const origin = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && text.replace(/\/$/, '') === new URL(text).origin, {
    error: 'must be an origin such as https://grafana.example, without a path',
  })
  .transform((text) => new URL(text).origin);
