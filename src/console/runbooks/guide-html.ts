import type { Token } from 'markdown-it';
import type { Guide } from '../../catalog/guide.js';
import { guideMarkdown, mayLink } from '../../catalog/guide-markdown.js';
import type { Blank } from '../../catalog/template-engine.js';
import type { Scope } from '../../core/template.js';

/** Characters that nobody types: between them stands the number of a place to fill in while Markdown is read. */
const [OPEN, CLOSE] = ['\u{E000}', '\u{E001}'];
const PLACE = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g');
const ENCODED = new RegExp(`${encodeURIComponent(OPEN)}(\\d+)${encodeURIComponent(CLOSE)}`, 'g');

const markdown = guideMarkdown();

/**
 * Makes the HTML of a human part. Only what the operator wrote is read as Markdown; what is filled in is text, whatever it
 * looks like. A value that is missing is shown by its name, because half a page helps more than none.
 *
 * @param guide as it was loaded
 * @param scope what it may read; without one, what alerts give is shown by its name
 */
export function guideHtml(guide: Guide, scope: Scope, known: 'with-alert' | 'without-alert'): string {
  const blanks: Blank[] = [];
  const source = guide.pieces
    .map((piece) => (typeof piece === 'string' ? piece : `${OPEN}${blanks.push(piece) - 1}${CLOSE}`))
    .join('');
  const values = blanks.map((blank) => valueOf(blank, scope, known));
  const tokens = markdown.parse(source, {});
  for (const token of tokens) fillToken(token, values);
  return markdown.renderer.render(tokens, markdown.options, {});
}

const FROM_ALERTS = ['labels', 'annotations', 'alert'];

function valueOf(blank: Blank, scope: Scope, known: 'with-alert' | 'without-alert'): string {
  const { path } = blank;
  const [root = '', ...rest] = path;
  const name = `‹${FROM_ALERTS.includes(root) ? rest.join('.') : path.join('.')}›`;
  if (known === 'without-alert' && FROM_ALERTS.includes(root)) return name;
  const filled = blank.fill(scope);
  return filled.ok ? filled.value : name;
}

function fillToken(token: Token, values: readonly string[]): void {
  // the page has a heading of its own above
  if (token.type === 'heading_open' || token.type === 'heading_close')
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 1)}`;
  token.content = filledIn(token.content, values);
  if (token.attrs !== null) token.attrs = token.attrs.flatMap((attribute) => filledAttribute(attribute, values));
  for (const child of token.children ?? []) fillToken(child, values);
}

type Attribute = NonNullable<Token['attrs']>[number];

/** An address can come out as another kind of address than the operator's, so it is looked at once more. */
function filledAttribute([name, value]: Attribute, values: readonly string[]): Attribute[] {
  if (name !== 'href') return [[name, typeof value === 'string' ? filledIn(value, values) : value]];
  const href = String(value).replace(ENCODED, (_, number: string, at: number) => {
    const filled = values[Number(number)] ?? '';
    return at === 0 ? filled : encodeURIComponent(Buffer.from(filled).toString());
  });
  return mayLink(href) ? [[name, href]] : [];
}

function filledIn(text: string, values: readonly string[]): string {
  return text.replace(PLACE, (_, number: string) => values[Number(number)] ?? '');
}
