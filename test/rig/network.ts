import type { Place } from './place.js';

/** The site from which Firebreak and the test itself act; every other site is named by the rig. */
export const FIREBREAK_SITE = 'firebreak';

/** Sites that reach each other by links which can be cut. */
export interface RigNetwork {
  /** How it is made: a network namespace for each site, or proxies on this machine's own network. */
  readonly kind: 'namespaces' | 'proxies';
  /** Where a site's programs run. */
  readonly place: (site: string) => Place;
  /**
   * Gives `host:port` by which one site reaches a port of another one.
   *
   * @param from the site that connects
   * @param to the site that listens
   * @param port the port it listens on
   */
  readonly route: (from: string, to: string, port: number) => Promise<string>;
  /**
   * Drops everything to and from a site in silence, as a broken link does: connections hang.
   *
   * @param site the site that is cut off; what runs inside it goes on and reaches itself
   * @param from only the path to this site is cut; all paths when left out
   */
  readonly cut: (site: string, from?: string) => Promise<void>;
  /** Repairs all paths of a site. */
  readonly heal: (site: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}
