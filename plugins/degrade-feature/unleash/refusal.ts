import { z } from 'zod';
import type { HttpAnswer } from '../../clients/http.js';
import { PluginError } from '../../../src/plugin-sdk/index.js';

const said = z.object({ name: z.string().optional(), message: z.string() });

/**
 * Says what an answer other than 2xx means.
 *
 * @param name what the server is called in errors
 */
export function refusal(name: string, { status, text }: HttpAnswer): PluginError {
  const { data } = said.safeParse(fromJson(text));
  const words = data === undefined ? '' : `: ${data.message.slice(0, 300)}`;
  const final = (code: string, message: string) => new PluginError(code, message, false);
  if (status >= 300 && status < 400)
    return final('redirected', `${name} answered ${status}: redirects are not followed, configure its final address`);
  if (status === 401) return final('refused-by-target', `${name} does not know the token (401): configure another one`);
  if (status === 403 && words.includes('SKIP_CHANGE_REQUEST'))
    return final(
      'needs-change-request',
      `${name} takes changes to this environment through change requests only: give the token's owner the permission to skip them`,
    );
  if (data?.name === 'ArchivedFeatureError') return final('archived', `${name}${words}`);
  if (status === 404) return final('unknown-name', `${name} has no such thing${words}`);
  if (status >= 500 || [408, 429].includes(status))
    return new PluginError('target-failed', `${name} answered ${status}${words}`);
  return final('refused-by-target', `${name} answered ${status}${words}`);
}

/** Reads JSON; undefined when it is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
