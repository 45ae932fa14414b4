import { Document, isScalar, visit } from 'yaml';

/** Writes what goes into firebreak.yaml as a person would: lists of names on one line. */
export function settingsText(value: object): string {
  const document = new Document(value);
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.every((item) => isScalar(item));
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
