import { varnishAction } from './action.js';
import type { VarnishKit } from './kit.js';

/** The actions on Varnish, by name. */
export function varnishActions(kit: VarnishKit) {
  return { varnish: varnishAction(kit) };
}
