import MarkdownIt, { type MarkdownIt as Markdown } from 'markdown-it';

/**
 * Tells whether pages may link there: addresses of the web, and those on the same server.
 *
 * @param href as it would stand in the page
 */
export function mayLink(href: string): boolean {
  if (!URL.canParse(href, 'http://here.invalid/')) return false;
  // read as browsers read it, which forgive blanks and line breaks in the name of a scheme
  return ['http:', 'https:'].includes(new URL(href, 'http://here.invalid/').protocol);
}

/**
 * Makes a reader of human parts: what looks like HTML is text, only links of the web are links, and pictures, which would be
 * loaded from elsewhere, are links too.
 *
 * @param onRefused hears of addresses that may not be linked
 */
export function guideMarkdown(onRefused: (href: string) => void = () => undefined): Markdown {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image');
  markdown.validateLink = (href) => {
    if (mayLink(href)) return true;
    onRefused(href);
    return false;
  };
  return markdown;
}
