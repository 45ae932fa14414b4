import ts from 'typescript';
import { placeOf } from './source-files.js';

/** The exported declarations of a file that have no doc comment, as "file:line name". */
export function undocumentedExports(file: ts.SourceFile): string[] {
  const listed = namesInExportLists(file);
  const seen = new Set<string>();
  const found: string[] = [];
  for (const statement of file.statements) {
    const names = declaredNames(statement);
    if (!names || !(isExported(statement) || names.some((name) => listed.has(name)))) continue;
    // Of the overloads of a function the first one carries the comment.
    const repeated = ts.isFunctionDeclaration(statement) && names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    if (!repeated && !hasDocComment(statement)) found.push(`${placeOf(statement)} ${names.join(', ')}`);
  }
  return found;
}

/** The names of "export { a, b as c }"; what is passed on from another file is documented there. */
function namesInExportLists(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier || !statement.exportClause) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    for (const element of statement.exportClause.elements) names.add((element.propertyName ?? element.name).text);
  }
  return names;
}

/** The names that a statement declares, or undefined when it declares nothing. */
function declaredNames(statement: ts.Statement): string[] | undefined {
  if (ts.isExportAssignment(statement)) return ts.isIdentifier(statement.expression) ? undefined : ['default'];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((one) => one.name.getText());
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  ) {
    return [statement.name?.text ?? 'default'];
  }
  return undefined;
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function hasDocComment(statement: ts.Statement): boolean {
  return ts
    .getJSDocCommentsAndTags(statement)
    .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? '').trim() !== '');
}
