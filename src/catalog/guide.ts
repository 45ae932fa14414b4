import type { Template } from '../core/template.js';
import { guideMarkdown } from './guide-markdown.js';
import { compilePieces, compileText, type Blank } from './template-engine.js';
import type { Mistake } from './template-syntax.js';

/** The human part of a runbook: Markdown with places to fill in. */
export interface Guide extends Template<string> {
  readonly source: string;
  /** What the operator wrote, and the places between; what is filled in is never read as Markdown. */
  readonly pieces: readonly (string | Blank)[];
}

/** What came of reading a human part: it, or everything that is wrong with it. */
export type ReadGuide =
  { readonly ok: true; readonly guide: Guide } | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * Reads a human part.
 *
 * @param text of the file
 */
export function readGuide(text: string): ReadGuide {
  const compiled = compileText(text);
  const parts = compilePieces(text);
  if (!compiled.ok) return { ok: false, mistakes: compiled.mistakes };
  if (!parts.ok) return parts;
  const mistakes = linkMistakes(text);
  if (mistakes.length > 0) return { ok: false, mistakes };
  const { template } = compiled;
  return { ok: true, guide: { source: text, pieces: parts.pieces, render: (scope) => template.render(scope) } };
}

/** A link that no page would show as one should be mended before it is needed. */
function linkMistakes(text: string): Mistake[] {
  const refused: string[] = [];
  guideMarkdown((href) => refused.push(href)).parse(text, {});
  return [...new Set(refused)].map((href) => ({
    message: `"${href.slice(0, 60)}" is no link that a page may have: only http, https and relative ones are`,
    within: placeOf(href, text),
  }));
}

function placeOf(href: string, text: string): Mistake['within'] {
  // as Markdown writes it, so it may stand otherwise in the file
  const scheme = href.slice(0, href.indexOf(':') + 1);
  const at = [href, scheme].map((part) => text.indexOf(part)).find((found) => found >= 0) ?? 0;
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
