/** Refuses a filled-in value, with the reason, or lets it pass. */
export type Inspect = (value: string) => string | undefined;

/**
 * Looks after values that are filled into a PromQL query: a label comes from outside, and one with a quotation mark
 * could end the text that it stands in and make the query say anything (S5).
 *
 * @param before the query up to the place
 */
export function inspectQuery(before: string): Inspect {
  const quotes = before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0;
  return quotes % 2 === 1 ? insideQuotes : outsideQuotes;
}

function insideQuotes(value: string): string | undefined {
  return /["\\\n]/.test(value)
    ? 'has a quotation mark, backslash or line break, which cannot stand in this query'
    : undefined;
}

function outsideQuotes(value: string): string | undefined {
  return /^[\w.:+-]+$/.test(value) ? undefined : 'stands outside of quotation marks and is neither a name nor a number';
}
