import pg from 'pg';

const COUNTED = /^\s*(?:FIRST\s+|ANY\s+)?(\d+)\s*\((.*)\)\s*$/is;
const NAME = /"((?:[^"]|"")*)"|[^\s,"]+/g;

/**
 * Tells whether no commit is acknowledged without that standby. It is not enough that it is listed: of `FIRST 1 (b, c)`
 * c stands in for b as soon as b is gone, and `*` lets anybody stand in.
 *
 * @param names the value of `synchronous_standby_names`
 */
export function waitsFor(names: string, standby: string): boolean {
  const counted = COUNTED.exec(names);
  const [count, list] = counted === null ? [1, names] : [Number(counted[1]), counted[2] ?? ''];
  const all = [...list.matchAll(NAME)].map(([plain, quoted]) => (quoted?.replaceAll('""', '"') ?? plain).toLowerCase());
  return all.includes(standby.toLowerCase()) && !all.includes('*') && count >= all.length;
}

/** Writes the value of `synchronous_standby_names` for one standby. */
export function namesFor(standby: string): string {
  return pg.escapeIdentifier(standby);
}
