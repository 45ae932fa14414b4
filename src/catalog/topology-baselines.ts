import type { TopologyFile } from './topology-schema.js';
import type { Issue } from './yaml-position.js';
import type { YamlSource } from './yaml-source.js';

/** What is usual at each centre, by its id: numbers by name. */
export type Baselines = { readonly [center: string]: { readonly [name: string]: number } };

// enough for every measurement, and too few to show that 0.1 + 0.2 is not 0.3
const DIGITS = 12;

/** Gives a centre's own number: its number, or the usual one with what it differs by. */
export function resolved(usual: number, own: number | string): number {
  return typeof own === 'number' ? own : Number((usual + Number(own)).toPrecision(DIGITS));
}

/** Gives the numbers of every centre. */
export function baselinesOf({ centers, baselines }: TopologyFile): Baselines {
  const all = Object.entries(centers).map(([id, { baselines: own }]) => {
    const numbers = Object.entries(baselines).map(
      ([name, usual]) => [name, Object.hasOwn(own, name) ? resolved(usual, own[name] ?? usual) : usual] as const,
    );
    return [id, Object.freeze(Object.fromEntries(numbers))] as const;
  });
  return Object.freeze(Object.fromEntries(all));
}

/** YAML reads a plain +12 as the number 12, which would replace what it is meant to be added to. */
export function signedNumbers({ centers }: TopologyFile, source: YamlSource): Issue[] {
  return Object.entries(centers).flatMap(([id, { baselines }]) =>
    Object.entries(baselines).flatMap(([name, own]): Issue[] => {
      const path = ['centers', id, 'baselines', name];
      if (typeof own !== 'number' || source.written(path)?.startsWith('+') !== true) return [];
      const message = `centers.${id}.baselines.${name}: write '+${own}' in quotes to add it, or ${own} to replace what is usual`;
      return [{ path, message }];
    }),
  );
}
