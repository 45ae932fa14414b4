import type { Board } from './board.js';

/** One thing that must hold for every board, and how to say where it does not. */
export interface Rule {
  readonly name: string;
  /** What is wrong, each in a few words; nothing when all is right. */
  readonly complaints: (board: Board, file: string) => readonly string[];
}

/** Says `complaint` unless something holds. */
export function unless(holds: boolean, complaint: string): readonly string[] {
  return holds ? [] : [complaint];
}

/** Whether a data source is chosen at the top of the board. */
export function byVariable(
  source: { readonly type?: string | undefined; readonly uid?: string | undefined } = {},
): boolean {
  return source.type === 'prometheus' && (source.uid === '${datasource}' || source.uid === '${firebreak}');
}
