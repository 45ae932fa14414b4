import ts from 'typescript';
import { placeOf } from './source-files.js';

/** The places of all "default:" clauses of switches in a file. */
export function defaultClauses(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isDefaultClause(node)) found.push(placeOf(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
