import { haproxyDrainAction } from '../haproxy-drain/action.js';
import { haproxyMapAction } from '../haproxy-map/action.js';
import { haproxyAction } from './action.js';
import type { HaproxyKit } from './kit.js';

/** The actions on HAProxy, by name. */
export function haproxyActions(kit: HaproxyKit) {
  return {
    haproxy: haproxyAction(kit),
    'haproxy-map': haproxyMapAction(kit),
    'haproxy-drain': haproxyDrainAction(kit),
  };
}
